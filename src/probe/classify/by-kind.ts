import type { ApiKind } from '../../model/api-kind.js';
import type { ApiEvidence } from '../../model/evidence.js';
import type { KnownAnswers } from './classifier.js';
import type { GatewayResponsesReader } from './gateway-responses.js';
import { readRestAnswers } from './rest.js';

/** What reads whatever a classifier needs to know. */
export type AnswersReader = GatewayResponsesReader;

type ReadAnswers = (api: ApiEvidence, apiGateway: AnswersReader) => Promise<KnownAnswers>;

/** For each kind of API, what its answers are known by. */
const BY_KIND: Readonly<Partial<Record<ApiKind, ReadAnswers>>> = { REST: readRestAnswers };

/** Reads what it takes to know the answers of an API. */
export function readAnswers(api: ApiEvidence, apiGateway: AnswersReader): Promise<KnownAnswers> {
  const read = BY_KIND[api.kind];
  if (read === undefined) throw new Error(`nothing knows the answers of a ${api.kind} API`);
  return read(api, apiGateway);
}
