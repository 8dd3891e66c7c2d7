import { canaryNotIam } from './canary-not-iam.js';
import { configuredNotIam } from './configured-not-iam.js';
import { declaredDrift } from './declared-drift.js';
import { declaredNotIam } from './declared-not-iam.js';
import { declaredUndeployable } from './declared-undeployable.js';
import { declaredUnproven } from './declared-unproven.js';
import { declaredUnresolved } from './declared-unresolved.js';
import { defaultEndpointOpen } from './default-endpoint-open.js';
import { denyShadowsAllow } from './deny-shadows-allow.js';
import { deployedNotIam } from './deployed-not-iam.js';
import { deployedUntold } from './deployed-untold.js';
import { exceptionExpired } from './exception-expired.js';
import { exceptionUnused } from './exception-unused.js';
import { grantTooBroad } from './grant-too-broad.js';
import { groupCannotInvoke } from './group-cannot-invoke.js';
import { policyLocksOut } from './policy-locks-out.js';
import { policyMatchesNothing } from './policy-matches-nothing.js';
import { preflightHasBackend } from './preflight-has-backend.js';
import { principalGone } from './principal-gone.js';
import { privateApiOpen } from './private-api-open.js';
import { probeInconclusive } from './probe-inconclusive.js';
import { publicPrincipal } from './public-principal.js';
import type { Rule } from './rule.js';
import { sharedCache } from './shared-cache.js';
import { signedRejected } from './signed-rejected.js';
import { tamperedAccepted } from './tampered-accepted.js';
import { targetMissing } from './target-missing.js';
import { targetUnreadable } from './target-unreadable.js';
import { undeployedChange } from './undeployed-change.js';
import { unexpectedStatus } from './unexpected-status.js';
import { unreadable } from './unreadable.js';
import { unsignedAccepted } from './unsigned-accepted.js';
import { websocketWithoutConnect } from './websocket-without-connect.js';

/**
 * Every rule, worst first: what is open now, then what opens with the next deployment, then what keeps
 * callers out, then what is not known, then the rest. The only list, and the only order: reports,
 * annotations and the documentation follow it.
 */
export const RULES: readonly Rule[] = [
  unsignedAccepted,
  tamperedAccepted,
  deployedNotIam,
  canaryNotIam,
  publicPrincipal,
  privateApiOpen,
  preflightHasBackend,
  configuredNotIam,
  declaredNotIam,
  websocketWithoutConnect,
  declaredUndeployable,
  signedRejected,
  policyLocksOut,
  groupCannotInvoke,
  exceptionExpired,
  targetMissing,
  targetUnreadable,
  unreadable,
  deployedUntold,
  declaredUnresolved,
  probeInconclusive,
  defaultEndpointOpen,
  sharedCache,
  unexpectedStatus,
  undeployedChange,
  declaredDrift,
  declaredUnproven,
  denyShadowsAllow,
  policyMatchesNothing,
  principalGone,
  grantTooBroad,
  exceptionUnused,
];

const BY_ID: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [rule.id, rule]));

/** The rule of a finding; `undefined` where another version of the gate wrote it. */
export function ruleOf({ rule }: { readonly rule: string }): Rule | undefined {
  return BY_ID.get(rule);
}

/** Whether a finding makes the audit incomplete, whatever else was proven. */
export function leavesIncomplete(finding: { readonly rule: string }): boolean {
  return ruleOf(finding)?.makesIncomplete === 'always';
}
