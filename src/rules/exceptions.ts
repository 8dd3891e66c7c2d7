import { type ExceptionClause, holdsOn, namesApi, namesStage } from '../config/config.js';
import { isRequiredType } from '../config/requirement.js';
import type { JoinedMethod } from '../evidence/join.js';
import { isReadInFull, LAYERS } from '../evidence/layers.js';
import { withoutAccountIds } from '../model/account-id.js';
import { declaredId, isDeclaredId } from '../model/declared-id.js';
import { type ApiEvidence, type Evidence, givenNameOf } from '../model/evidence.js';
import type { Exception, Finding, Suppressed } from '../model/finding.js';
import { RULES, ruleOf } from './index.js';
import type { UsedException } from './rule.js';

/** Findings sorted by what the exceptions say of them, and the exceptions by what they did. */
export interface Excepted {
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  readonly exceptions: readonly Exception[];
}

/**
 * Applies the exceptions: what one covers is suppressed. An expired one covers nothing, and is a
 * finding where it would; one that covers nothing of an API that was read is a finding, too.
 *
 * @param today `YYYY-MM-DD`, UTC.
 * @param isWholeRegion every stage of every API of the region was asked for.
 */
export function applyExceptions(
  findings: readonly Finding[],
  clauses: readonly ExceptionClause[],
  evidence: Evidence,
  today: string,
  isWholeRegion = false,
): Excepted {
  const inScope = clauses.filter((clause) => concerns(clause, evidence, isWholeRegion));
  const coverage = inScope.map((clause) => findings.filter((it) => covers(clause, it, evidence)));
  const expired = inScope.map((clause) => !holdsOn(clause, today));

  const exceptionOf = new Map<Finding, number>();
  coverage.forEach((covered, index) => {
    if (expired[index] === true) return;
    for (const it of covered) if (!exceptionOf.has(it)) exceptionOf.set(it, index);
  });

  const exceptions = inScope.map((clause, index): Exception => {
    const covered = coverage[index] ?? [];
    // What another exception covers by now needs no expired one.
    const isUsed =
      expired[index] === true ? covered.some((it) => !exceptionOf.has(it)) : covered.length > 0;
    return {
      methods: clause.methods,
      apis: clause.apis.map(withoutAccountIds),
      stages: clause.stages,
      reason: clause.reason,
      owner: clause.owner,
      expires: clause.expires,
      daysLeft: clause.expires === null ? null : daysBetween(today, clause.expires),
      state: !isUsed ? 'unused' : expired[index] === true ? 'expired' : 'in-use',
      location: clause.location,
    };
  });
  const used = exceptions.map((exception, index): UsedException => {
    const clause = inScope[index];
    return { exception, isAllReadable: clause !== undefined && isAllReadable(clause, evidence) };
  });
  const about = RULES.flatMap((rule) =>
    'findInExceptions' in rule ? rule.findInExceptions(used) : [],
  );
  return {
    findings: [...findings.filter((it) => !exceptionOf.has(it)), ...about],
    suppressed: [...exceptionOf].map(([it, exception]) => ({ finding: it, exception })),
    exceptions,
  };
}

/**
 * An exception for an API or stage that this run does not look at is neither used nor unused; where it
 * looks at the whole region, an exception for none of it is a mistake, and a finding.
 */
function concerns(clause: ExceptionClause, evidence: Evidence, isWholeRegion: boolean): boolean {
  // One for a file is looked for where files are judged.
  if (isWholeRegion && !clause.apis.every(isDeclaredId)) return true;
  return evidence.apis.some((api) => {
    if (!concernsApi(clause, api)) return false;
    if (clause.stages.length === 0 || !api.stages.readable) return true;
    return api.stages.value.some(({ name }) => clause.stages.includes(name));
  });
}

function covers(clause: ExceptionClause, it: Finding, { apis }: Evidence): boolean {
  const { api: id, stage, method, path } = it;
  if (ruleOf(it)?.excusable !== true || method === null || path === null) return false;
  const api = apis.find((candidate) => candidate.id === id);
  if (api === undefined || !concernsApi(clause, api) || !clause.matches(method, path)) return false;
  if (clause.stages.length === 0) return true;
  if (stage !== null) return namesStage(clause, stage);
  // What is configured goes to every stage of the API, audited or not, with its next deployment.
  const { stages, stageNames } = api;
  return (
    stages.readable && stageNames.length > 0 && stageNames.every((it) => clause.stages.includes(it))
  );
}

/**
 * Whether an exception that still holds lets a method of a stage do without IAM, and it does so in
 * every layer: nobody needs a right to invoke it.
 */
export function isExcepted(
  row: JoinedMethod,
  clauses: readonly ExceptionClause[],
  today: string,
): boolean {
  const types = LAYERS.map(({ name }) => row[name]);
  if (types.some((type) => type !== null && isRequiredType(type))) return false;
  return clauses.some(
    (clause) =>
      holdsOn(clause, today) &&
      concernsApi(clause, row.api) &&
      clause.matches(row.method, row.path) &&
      (clause.stages.length === 0 || (row.stage !== null && namesStage(clause, row.stage.name))),
  );
}

function concernsApi(clause: ExceptionClause, api: ApiEvidence): boolean {
  const declaredAs = api.declared?.apis.map(declaredId) ?? [];
  return namesApi(clause, { id: api.id, name: givenNameOf(api), declaredAs });
}

/** Whether everything was read that an exception may cover. */
function isAllReadable(clause: ExceptionClause, { apis, listing }: Evidence): boolean {
  if (listing !== null) return false;
  return apis
    .filter((api) => concernsApi(clause, api))
    .every(
      (api) =>
        api.stages.readable &&
        [null, ...api.stages.value].every((stage) =>
          LAYERS.every((layer) => isReadInFull(layer.methodsOf(api, stage))),
        ),
    );
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
