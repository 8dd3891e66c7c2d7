import { compareWithBaseline, withTarget } from '../config/baseline.js';
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
  'findings' | 'suppressed' | 'exceptions' | 'verdict' | 'incomplete' | 'rowVerdicts' | 'comparison'
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
    markKnown(withTarget(excepted.findings, target), basis.baseline.fingerprints),
    basis.sources,
  );
  const incomplete = isIncomplete(findings, observations);
  const isWhole = inputs.apiIds === '*' && inputs.stages === '*';
  const scope = { target, evidence, isWhole, incomplete };
  const comparison = compareWithBaseline(findings, excepted.suppressed, basis.baseline, scope);
  return {
    ...(comparison === null ? {} : { comparison }),
    findings,
    suppressed: excepted.suppressed,
    exceptions: excepted.exceptions,
    verdict: decideVerdict(findings, observations, isFailed),
    incomplete,
    rowVerdicts: decideRowVerdicts(rows, findings, observations),
  };
}
