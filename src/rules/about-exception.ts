import type { Exception, Finding } from '../model/finding.js';
import { finding } from './finding.js';
import type { Rule } from './rule.js';

const NO_API = { api: null, stage: null, method: null, path: null };

/** A finding about an exception, at its line. */
export function aboutException(
  rule: Rule,
  { methods, apis, stages, location }: Exception,
  what: string,
  fix: string,
): Finding {
  const message = `The exception for ${methods.join(', ')} of ${apis.join(', ')} ${what}.`;
  const identity = JSON.stringify([methods, apis, stages]);
  return { ...finding(rule, NO_API, message, fix, identity), location };
}
