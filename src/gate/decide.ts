import { compareWithBaseline, withTarget } from '../config/baseline.js';
import { locateFindings } from '../config/locate.js';
import { API_KINDS } from '../model/api-kind.js';
import type { Finding } from '../model/finding.js';
import { wasAsked } from '../report/asked.js';
import type { ReportParts } from '../report/build.js';
import { applyExceptions } from '../rules/exceptions.js';
import { ruleOf } from '../rules/index.js';
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
  const isWhole = isWholeRegion(inputs);
  const excepted = applyExceptions(found, basis.policy.exceptions, evidence, basis.today, isWhole);
  const findings = locateFindings(
    markKnown(withTarget(excepted.findings, target), basis.baseline.fingerprints),
    basis.sources,
  );
  const incomplete = isIncomplete(findings, observations);
  const looksAt = {
    endpoint: observations.some(wasAsked),
    files: basis.declared !== null,
    group: inputs.invokeGroup !== null,
  };
  const couldTell = (rule: string): boolean => {
    const toldBy = ruleOf({ rule })?.toldBy;
    return toldBy === undefined || looksAt[toldBy];
  };
  const scope = { target, evidence, isWhole, incomplete, couldTell };
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

/** Whether every stage of every API of the region is asked for, of whatever kind it is. */
function isWholeRegion({ apiIds, apiTypes, stages }: Assignment['inputs']): boolean {
  return apiIds === '*' && stages === '*' && API_KINDS.every((kind) => apiTypes.includes(kind));
}
