import type { ApiKind } from '../../model/api-kind.js';
import type { ApiEvidence } from '../../model/evidence.js';
import type { Classifier, KnownAnswers } from './classifier.js';
import type { GatewayResponsesReader } from './gateway-responses.js';
import { HTTP_CLASSIFIER } from './http.js';
import { readRestAnswers } from './rest.js';
import { WEBSOCKET_CLASSIFIER } from './websocket.js';

/** What reads whatever a classifier needs to know. */
export type AnswersReader = GatewayResponsesReader;

type ReadAnswers = (api: ApiEvidence, apiGateway: AnswersReader) => Promise<KnownAnswers>;

/** For each kind of API, what its answers are known by. */
const BY_KIND: Readonly<Record<ApiKind, ReadAnswers>> = {
  REST: readRestAnswers,
  HTTP: knownBy(HTTP_CLASSIFIER),
  WEBSOCKET: knownBy(WEBSOCKET_CLASSIFIER),
};

/** Of a kind of API whose errors nobody can change there is nothing to read. */
function knownBy(classifier: Classifier): ReadAnswers {
  return async () => ({ classifier, notes: [] });
}

/** Reads what it takes to know the answers of an API. */
export function readAnswers(api: ApiEvidence, apiGateway: AnswersReader): Promise<KnownAnswers> {
  return BY_KIND[api.kind](api, apiGateway);
}
