import type { Effect, Severity } from '../report/report.js';

/** A rule as users meet it: its name is the rule id everywhere and never changes meaning. */
export interface Rule {
  readonly id: RuleId;
  readonly severity: Severity;
  /** What it means for callers without IAM, where it means something for them. */
  readonly effect?: Effect;
  /** When the rule holds, in one sentence. */
  readonly holdsWhen: string;
}

export type RuleId =
  | 'configured-not-iam'
  | 'deployed-not-iam'
  | 'canary-not-iam'
  | 'preflight-has-backend'
  | 'undeployed-change'
  | 'unreadable'
  | 'unsigned-accepted'
  | 'tampered-accepted'
  | 'default-endpoint-open'
  | 'unexpected-status'
  | 'signed-rejected'
  | 'public-principal'
  | 'private-api-open'
  | 'policy-locks-out'
  | 'group-cannot-invoke'
  | 'deny-shadows-allow'
  | 'policy-matches-nothing'
  | 'principal-gone'
  | 'grant-too-broad'
  | 'probe-inconclusive'
  | 'exception-expired'
  | 'exception-unused';

/** Every rule, in the order in which a reader should hear of them: what is open now comes first. */
export const CATALOGUE: readonly Rule[] = [
  {
    id: 'unsigned-accepted',
    severity: 'error',
    effect: 'open',
    holdsWhen: 'the endpoint did not refuse an unsigned request',
  },
  {
    id: 'tampered-accepted',
    severity: 'error',
    effect: 'open',
    holdsWhen: 'the endpoint did not refuse a request with a wrong signature',
  },
  {
    id: 'deployed-not-iam',
    severity: 'error',
    effect: 'open',
    holdsWhen: "the stage's snapshot serves a method without AWS_IAM: it is open now",
  },
  {
    id: 'canary-not-iam',
    severity: 'error',
    effect: 'open',
    holdsWhen: "the canary's snapshot serves a method without AWS_IAM",
  },
  {
    id: 'configured-not-iam',
    severity: 'error',
    effect: 'opens-next',
    holdsWhen: "a configured method's type is not AWS_IAM: the next deployment opens it",
  },
  {
    id: 'preflight-has-backend',
    severity: 'error',
    effect: 'opens-next',
    holdsWhen: 'an OPTIONS method without IAM reaches a backend, so it is no preflight',
  },
  {
    id: 'signed-rejected',
    severity: 'error',
    holdsWhen: 'the endpoint refused a signed request: callers may be locked out',
  },
  {
    id: 'public-principal',
    severity: 'error',
    holdsWhen: 'the resource policy allows everybody, and no condition narrows it',
  },
  {
    id: 'private-api-open',
    severity: 'error',
    holdsWhen: "a private API's policy names no VPC and no VPC endpoint",
  },
  {
    id: 'policy-locks-out',
    severity: 'error',
    holdsWhen: 'the resource policy refuses every caller on every method',
  },
  {
    id: 'group-cannot-invoke',
    severity: 'error',
    holdsWhen: 'the group in `invoke-group` may not call a method',
  },
  {
    id: 'exception-expired',
    severity: 'error',
    holdsWhen: 'an exception of the policy file is past its last day and would still be needed',
  },
  {
    id: 'unreadable',
    severity: 'error',
    effect: 'unknown',
    holdsWhen: 'a layer of the evidence could not be read; makes the verdict incomplete',
  },
  {
    id: 'probe-inconclusive',
    severity: 'warning',
    effect: 'unknown',
    holdsWhen:
      'the endpoint gave no answer that proves anything; makes the verdict incomplete where nothing else proves the stage',
  },
  {
    id: 'default-endpoint-open',
    severity: 'warning',
    holdsWhen:
      'the default endpoint answers besides the custom domain name, whose protection it has none of',
  },
  {
    id: 'unexpected-status',
    severity: 'warning',
    holdsWhen: 'the backend answered a signed request with a status that was not expected',
  },
  {
    id: 'undeployed-change',
    severity: 'warning',
    holdsWhen: 'configured and deployed differ, and both are acceptable',
  },
  {
    id: 'deny-shadows-allow',
    severity: 'warning',
    holdsWhen: 'an explicit deny defeats an allow wherever it would count',
  },
  {
    id: 'policy-matches-nothing',
    severity: 'warning',
    holdsWhen: 'a statement of the resource policy names a resource that no method has',
  },
  {
    id: 'principal-gone',
    severity: 'warning',
    holdsWhen: 'the resource policy names a principal that was deleted',
  },
  {
    id: 'grant-too-broad',
    severity: 'warning',
    holdsWhen: 'the group in `invoke-group` may invoke APIs other than the audited ones',
  },
  {
    id: 'exception-unused',
    severity: 'warning',
    holdsWhen: 'an exception of the policy file covers nothing',
  },
];

const RULES: ReadonlyMap<string, Rule> = new Map(CATALOGUE.map((rule) => [rule.id, rule]));

/** A rule's severity. */
export function severityOf(id: RuleId): Severity {
  return RULES.get(id)?.severity ?? 'error';
}

/** A rule's effect, as a part of a finding. */
export function effectOf(id: RuleId): { readonly effect?: Effect } {
  const effect = RULES.get(id)?.effect;
  return effect === undefined ? {} : { effect };
}
