import type { AuditedKind } from '../../model/api-kind.js';
import type { ApiEvidence } from '../../model/evidence.js';
import type { KnownAnswers } from './classifier.js';
import type { GatewayResponsesReader } from './gateway-responses.js';
import { readRestAnswers } from './rest.js';

/** What reads whatever a classifier needs to know. */
export type AnswersReader = GatewayResponsesReader;

type ReadAnswers = (api: ApiEvidence, apiGateway: AnswersReader) => Promise<KnownAnswers>;

/** For each kind of API, what its answers are known by. */
const BY_KIND: Readonly<Record<AuditedKind, ReadAnswers>> = { REST: readRestAnswers };

/** Reads what it takes to know the answers of an API. */
export function readAnswers(api: ApiEvidence, apiGateway: AnswersReader): Promise<KnownAnswers> {
  return BY_KIND[api.kind](api, apiGateway);
}
