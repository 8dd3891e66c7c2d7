import { createHash } from 'node:crypto';
import type { Finding, Subject } from '../model/finding.js';
import type { RuleDescription } from './rule.js';

/**
 * Makes a finding. Its fingerprint covers what it is about and none of its words, so that the same
 * problem keeps its identity over runs and versions.
 *
 * @param identity what else tells it from others, where the subject alone does not: a method whose
 *   authorizer is known is another matter once it is open to everybody.
 */
export function finding(
  { id, severity, effect }: Pick<RuleDescription, 'id' | 'severity' | 'effect'>,
  subject: Subject,
  message: string,
  fix: string,
  identity: string | null = null,
): Finding {
  const { api, stage, method, path } = subject;
  return {
    rule: id,
    severity,
    ...(effect === undefined ? {} : { effect }),
    api,
    stage,
    method,
    path,
    message,
    fix,
    fingerprint: fingerprintOf([
      id,
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

/** What stands for a finding in every run: what it is about, and none of its words. */
export function fingerprintOf(parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
