import type { ConfiguredMethod, Methods } from '../../model/evidence.js';
import type { ApiPlan } from '../api-plan.js';
import { interference } from '../transaction/stopped.js';

/* What is configured, compared with what a plan was made from: whatever differs, somebody else changed. */

/**
 * All of an API once more: what a deployment ships now is what the plan was made from, and the plan.
 *
 * @throws EnforcementStopped where it is not.
 */
export function refuseDifferences(
  { expected }: Pick<ApiPlan, 'expected'>,
  planned: Methods<ConfiguredMethod>,
  now: Methods<ConfiguredMethod>,
): void {
  for (const key of new Set([...planned.keys(), ...now.keys()])) {
    const [before, after] = [planned.get(key), now.get(key)];
    if (before === undefined) throw interference(`${key} is new`);
    if (after === undefined) throw interference(`${key} is gone`);
    const authorizationType = expected.get(key)?.authorizationType ?? before.authorizationType;
    const isChanged = authorizationType !== before.authorizationType;
    // The patch took the authorizer off a changed method, and its scopes perhaps with it.
    const isBare = isChanged && after.authorizationScopes.length === 0;
    const wanted = {
      ...before,
      authorizationType,
      authorizerId: isChanged ? after.authorizerId : before.authorizerId,
      authorizationScopes: isBare ? [] : before.authorizationScopes,
    };
    const difference = differenceBetween(wanted, after) ?? otherDifference(before, after);
    if (difference !== null) throw interference(`${key} ${difference}`);
  }
}

/** How a method differs from what the plan was made from; `null` where it does not. */
export function differenceBetween(planned: ConfiguredMethod, now: ConfiguredMethod): string | null {
  if (now.authorizationType !== planned.authorizationType) {
    return `went from ${planned.authorizationType} to ${now.authorizationType}`;
  }
  if (now.authorizerId !== planned.authorizerId) return 'got another authorizer';
  if (!isSameSet(now.authorizationScopes, planned.authorizationScopes)) return 'got other scopes';
  if (now.apiKeyRequired !== planned.apiKeyRequired)
    return 'changed whether it asks for an API key';
  if (integrationOf(now) !== integrationOf(planned)) return 'got another integration';
  return null;
}

/** GetMethod is not compared in these: that it tells them as GetResources does is written down nowhere. */
function otherDifference(before: ConfiguredMethod, after: ConfiguredMethod): string | null {
  return before.requestsAndResponses === after.requestsAndResponses
    ? null
    : 'got other parameters, models, responses or another request validator';
}

/** AWS returns scopes in no order of its own. */
function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  const set = new Set(some);
  return others.every((it) => set.has(it)) && set.size === new Set(others).size;
}

/** A method's integration as one text, equal where all of it is. */
function integrationOf(method: ConfiguredMethod): string {
  const { integrationType, integrationUri, integrationHttpMethod, integrationSettings } = method;
  const settings = Object.entries(integrationSettings).sort(([a], [b]) => (a < b ? -1 : 1));
  const target = method.route?.target ?? null;
  return JSON.stringify([
    ...[integrationType, integrationUri, integrationHttpMethod],
    settings,
    target,
  ]);
}
