import { cloudFormationRefused } from './cloudformation/serve.js';
import { ServiceError } from './control-plane/errors.js';
import { refused } from './control-plane/serve.js';
import { type FaultEffect, faultWords, type LoggedRequest } from './faults.js';
import type { WireResponse } from './http.js';
import { iamRefused } from './iam/serve.js';
import type { Ids } from './ids.js';
import { organizationsRefused } from './organizations/serve.js';
import { stsRefused } from './sts/serve.js';
import type { Target } from './target.js';

/** A fault that is an answer, in the form of the service that the request is for. */
export function faulted(
  entry: LoggedRequest,
  effect: Extract<FaultEffect, { kind: 'answer' }>,
  target: Target,
  ids: Ids,
): WireResponse {
  const [type, text] = faultWords(effect.status, target.plane);
  const errorType = effect.errorType ?? type;
  const { message: words = text } = effect;
  const message = typeof words === 'string' ? words : words(entry);
  if (target.plane === 'sts') return stsRefused(effect.status, errorType, message, ids);
  if (target.plane === 'iam') return iamRefused(effect.status, errorType, message, ids);
  if (target.plane === 'cloudformation')
    return cloudFormationRefused(effect.status, errorType, message, ids);
  if (target.plane === 'organizations')
    return organizationsRefused(effect.status, errorType, message, ids);
  return refused(
    new ServiceError(
      effect.status,
      errorType,
      message,
      effect.retryAfterSeconds,
      effect.status === 429 && target.service === 'apigatewayv2' ? { limitType: 'REQUESTS' } : {},
    ),
    ids,
  );
}
