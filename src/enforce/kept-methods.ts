import { allowedTypesOf, type Config, exceptionFor } from '../config/config.js';
import { isAuthorizerType } from '../config/requirement.js';
import { isPreflight } from '../evidence/layers.js';
import {
  type ApiEvidence,
  type ConfiguredMethod,
  type DeployedMethod,
  givenNameOf,
} from '../model/evidence.js';
import type { PlanOptions } from './api-plan.js';

/** Whether the policy allows a method's type. */
export function isAllowed(method: TypedMethod, policy: Config): boolean {
  return allowedTypesOf(policy, method.method, method.path).includes(method.authorizationType);
}

/** A method of either layer, as far as it decides whether its type is replaced. */
type TypedMethod = Pick<DeployedMethod, 'method' | 'path' | 'authorizationType'>;

/** Why a method keeps its type; `null` where it is changed. */
export function reasonToKeep(
  api: ApiEvidence,
  method: ConfiguredMethod,
  options: PlanOptions,
): string | null {
  if (isPreflight(method)) return 'a CORS preflight, which browsers send unsigned';
  if (method.route?.isManaged === true || isManaged(api)) {
    return 'API Gateway manages it (quick create), and lets nobody change it';
  }
  return reasonToKeepType(api, method, options);
}

/**
 * Why a type is left to its callers, whether it is configured or only served: the policy allows it, an
 * exception covers it, or it is an authorizer that nobody asked to replace. `null` where it is replaced.
 *
 * @param stage where it is served; without it, any exception counts, since what is configured goes to every stage.
 */
export function reasonToKeepType(
  api: ApiEvidence,
  method: TypedMethod,
  { policy, today, replaceAuthorizers }: PlanOptions,
  stage: string | null = null,
): string | null {
  const { authorizationType: type } = method;
  if (isAllowed(method, policy)) return 'the policy allows it';
  const exception = exceptionFor(
    policy.exceptions,
    { id: api.id, name: givenNameOf(api) },
    method,
    today,
    stage,
  );
  if (exception !== null) {
    const until = exception.expires === null ? 'permanent' : `until ${exception.expires}`;
    return `an exception (${until}; ${exception.reason})`;
  }
  if (type === 'NONE') return null;
  if (isAuthorizerType(type)) {
    return replaceAuthorizers ? null : 'its authorizer is kept without replace-authorizers: true';
  }
  return 'its authorization type is not one that the gate knows';
}

/** API Gateway made the API, and lets nobody change it. */
function isManaged({ description }: ApiEvidence): boolean {
  return description.readable && description.value.v2?.isManaged === true;
}
