import type { Finding } from '../model/finding.js';
import { RULES } from './index.js';
import { sortFindings } from './order.js';
import type { Case } from './rule.js';

/** Every rule, always, over everything: a finding never keeps another from being found. */
export function judge(found: Case): Finding[] {
  return sortFindings(RULES.flatMap((rule) => ('find' in rule ? rule.find(found) : [])));
}
