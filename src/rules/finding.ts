import { createHash } from 'node:crypto';
import type { Finding } from '../report/report.js';
import { effectOf, type RuleId, severityOf } from './catalogue.js';

/** What a finding is about; `null` where it is about more than one of them. */
export interface Subject {
  readonly api: string | null;
  readonly stage: string | null;
  readonly method: string | null;
  readonly path: string | null;
}

/**
 * Makes a finding. Its fingerprint covers what it is about and none of its words, so that the same
 * problem keeps its identity over runs and versions.
 *
 * @param identity what else tells it from others, where the subject alone does not: a method whose
 *   authorizer is known is another matter once it is open to everybody.
 */
export function finding(
  rule: RuleId,
  subject: Subject,
  message: string,
  fix: string,
  identity: string | null = null,
): Finding {
  const { api, stage, method, path } = subject;
  return {
    rule,
    severity: severityOf(rule),
    ...effectOf(rule),
    api,
    stage,
    method,
    path,
    message,
    fix,
    fingerprint: fingerprintOf([
      rule,
      api,
      stage,
      method,
      path,
      ...(identity === null ? [] : [identity]),
    ]),
    location: null,
    known: false,
  };
}

function fingerprintOf(parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
