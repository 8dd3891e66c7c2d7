import type { Severity } from '../report/report.js';

/** A rule as users meet it: its name is the rule id everywhere and never changes meaning. */
export interface Rule {
  readonly id: RuleId;
  readonly severity: Severity;
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
  | 'probe-inconclusive'
  | 'exception-expired'
  | 'exception-unused';

/** Every rule, in the order in which a reader should hear of them: what is open now comes first. */
export const CATALOGUE: readonly Rule[] = [
  {
    id: 'unsigned-accepted',
    severity: 'error',
    holdsWhen: 'the endpoint did not refuse an unsigned request',
  },
  {
    id: 'tampered-accepted',
    severity: 'error',
    holdsWhen: 'the endpoint did not refuse a request with a wrong signature',
  },
  {
    id: 'deployed-not-iam',
    severity: 'error',
    holdsWhen: "the stage's snapshot serves a method without AWS_IAM: it is open now",
  },
  {
    id: 'canary-not-iam',
    severity: 'error',
    holdsWhen: "the canary's snapshot serves a method without AWS_IAM",
  },
  {
    id: 'configured-not-iam',
    severity: 'error',
    holdsWhen: "a configured method's type is not AWS_IAM: the next deployment opens it",
  },
  {
    id: 'preflight-has-backend',
    severity: 'error',
    holdsWhen: 'an OPTIONS method without IAM reaches a backend, so it is no preflight',
  },
  {
    id: 'signed-rejected',
    severity: 'error',
    holdsWhen: 'the endpoint refused a signed request: callers may be locked out',
  },
  {
    id: 'exception-expired',
    severity: 'error',
    holdsWhen: 'an exception of the policy file is past its last day and would still be needed',
  },
  {
    id: 'unreadable',
    severity: 'error',
    holdsWhen: 'a layer of the evidence could not be read; makes the verdict incomplete',
  },
  {
    id: 'probe-inconclusive',
    severity: 'warning',
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
    id: 'exception-unused',
    severity: 'warning',
    holdsWhen: 'an exception of the policy file covers nothing',
  },
];

const SEVERITIES: ReadonlyMap<string, Severity> = new Map(
  CATALOGUE.map((rule) => [rule.id, rule.severity]),
);

/** A rule's severity. */
export function severityOf(id: RuleId): Severity {
  return SEVERITIES.get(id) ?? 'error';
}
