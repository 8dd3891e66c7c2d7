import { withTarget } from '../config/baseline.js';
import { locateFindings } from '../config/locate.js';
import type { Finding } from '../model/finding.js';
import type { ReportParts } from '../report/build.js';
import { applyExceptions } from '../rules/exceptions.js';
import { markKnown } from '../rules/known.js';
import { decideRowVerdicts, decideVerdict, isIncomplete } from '../rules/verdict.js';
import type { Assignment } from './assignment.js';
import type { Present } from './present.js';

/** Whose APIs were judged. */
export interface JudgedTarget {
  readonly account: string | null;
  readonly region: string;
}

type Decided = Pick<
  ReportParts,
  'findings' | 'suppressed' | 'exceptions' | 'verdict' | 'incomplete' | 'rowVerdicts'
>;

/**
 * What is left of the findings once exceptions and baseline have had their say, and what they come to.
 *
 * @param isFailed something that was to be enforced is not, whatever was found.
 */
export function decide(
  { inputs, basis }: Assignment,
  { evidence, rows, observations }: Pick<Present, 'evidence' | 'rows' | 'observations'>,
  found: readonly Finding[],
  target: JudgedTarget,
  isFailed = false,
): Decided {
  const excepted = applyExceptions(
    found,
    basis.policy.exceptions,
    evidence,
    basis.today,
    inputs.apiIds === '*' && inputs.stages === '*',
  );
  const findings = locateFindings(
    markKnown(withTarget(excepted.findings, target), basis.baseline),
    basis.sources,
  );
  return {
    findings,
    suppressed: excepted.suppressed,
    exceptions: excepted.exceptions,
    verdict: decideVerdict(findings, observations, isFailed),
    incomplete: isIncomplete(findings, observations),
    rowVerdicts: decideRowVerdicts(rows, findings, observations),
  };
}
