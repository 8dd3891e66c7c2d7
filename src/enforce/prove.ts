import { isRequiredType } from '../config/requirement.js';
import type { JoinedMethod } from '../evidence/join.js';
import { type ApiEvidence, isUntold, type Methods, methodKey, UNTOLD } from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { mayBeProven } from '../probe/control.js';
import type { Observation } from '../probe/observation.js';
import { type Selection, select } from '../probe/select.js';
import type { Surroundings } from '../probe/surroundings.js';
import { ruleOf } from '../rules/index.js';
import {
  type ApiPlan,
  changedStages,
  type ExpectedMethod,
  type PlannedChange,
} from './api-plan.js';
import type { StageProof } from './outcome.js';
import { inLiveOrder } from './plan.js';

/** The proof of one API: what is there now, what the endpoint answered, what speaks against it. */
export interface EnforcementProof extends StageProof {
  readonly api: ApiEvidence;
  readonly rows: readonly JoinedMethod[];
  readonly observations: readonly Observation[];
  /** What the smoke test stood on. */
  readonly surroundings: Surroundings;
  /** The findings that speak against it. */
  readonly findings: readonly Finding[];
}

/** What was found out about an API once its stages were moved. */
export interface ProofEvidence {
  /** Whether the endpoint was asked. */
  readonly isAsked: boolean;
  /** The API when the endpoint was asked, and its rows. */
  readonly first: ApiEvidence;
  readonly rows: readonly JoinedMethod[];
  /** One for each row, in the same order. */
  readonly observations: readonly Observation[];
  readonly surroundings: Surroundings;
  readonly findings: readonly Finding[];
  /** Names of the moved stages that an answer proves. */
  readonly provenStages: ReadonlySet<string>;
  /** The API after the endpoint was asked. */
  readonly last: ApiEvidence;
}

/**
 * Decides what a plan came to: what stands in it must be configured and served, and every stage must be
 * proven. What the endpoint answers on methods that keep another type is no part of it.
 */
export function decideProof(plan: ApiPlan, evidence: ProofEvidence): EnforcementProof {
  const { isAsked, first, rows, observations, surroundings, findings, provenStages, last } =
    evidence;
  const moved = new Set(changedStages(plan).map(({ name }) => name));
  const convicting = findings.filter(
    (finding) =>
      finding.stage !== null &&
      moved.has(finding.stage) &&
      blocksProof(finding, rows, provenStages),
  );
  return {
    api: last,
    rows,
    observations,
    surroundings,
    findings: convicting,
    isAsked: isAsked && moved.size > 0,
    served: servedDeployments(last),
    objections: [
      ...objectionsOf(convicting),
      ...(isAsked ? unprovenStages(moved, provenStages, convicting) : []),
      ...deviations(plan, first, last),
    ],
  };
}

/**
 * What tells whether plans leave a method of a stage as it is served: none of them changes it, and the stage
 * serves it with the type that it had when they were made. Pending changes are served with a new deployment, too.
 */
export function isAlikeUnder(
  plans: readonly Pick<ApiPlan, 'api' | 'changes'>[],
): (row: JoinedMethod) => boolean {
  const byApi = new Map(
    plans.map(({ api, changes }) => [
      api.id,
      { api, changed: new Set(changes.map(({ method, path }) => methodKey(method, path))) },
    ]),
  );
  return ({ api, stage, method, path, deployed }) => {
    const before = byApi.get(api.id);
    if (before === undefined || stage === null || !before.api.stages.readable) return false;
    const old = before.api.stages.value.find(({ name }) => name === stage.name)?.deployed;
    const key = methodKey(method, path);
    if (old?.readable !== true || before.changed.has(key)) return false;
    const served = old.value.get(key);
    return served?.unread === null && served.authorizationType === deployed;
  };
}

/** Whether a finding speaks against the deployment: it lets in whom it should not, or keeps out whom it should let in. */
function blocksProof(
  finding: Finding,
  rows: readonly JoinedMethod[],
  provenStages: ReadonlySet<string>,
): boolean {
  const when = ruleOf(finding)?.blocksProof;
  if (when === undefined || finding.stage === null) return false;
  return when === 'of-iam' ? servesIam(rows, finding) : !provenStages.has(finding.stage);
}

/** Methods that an objection names beside the first one. */
const NAMED = 5;

/** A rule each: what was found of the first method, which others it is true of, and what to change. */
function objectionsOf(findings: readonly Finding[]): string[] {
  const byRule = new Map<string, Finding[]>();
  for (const finding of findings) {
    byRule.set(finding.rule, [...(byRule.get(finding.rule) ?? []), finding]);
  }
  return [...byRule.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const named = others.slice(0, NAMED).map(placeOf).join(', ');
    const more = others.length > NAMED ? ` and ${others.length - NAMED} more` : '';
    const rest = others.length === 0 ? '' : ` So with ${named}${more}.`;
    const fix = first.fix === '' ? '' : ` ${first.fix}`;
    return [`${first.rule}, ${placeOf(first)}: ${first.message}${rest}${fix}`];
  });
}

function placeOf({ method, path, stage }: Finding): string {
  const name = method === null || path === null ? '' : `${methodKey(method, path)} in `;
  return `${name}stage ${stage}`;
}

/** Stages of which no answer says that they are closed to strangers and open to signed callers. */
function unprovenStages(
  moved: ReadonlySet<string>,
  proven: ReadonlySet<string>,
  findings: readonly Finding[],
): string[] {
  return [...moved].flatMap((stage) => {
    const isTold = findings.some((finding) => finding.stage === stage);
    return isTold || proven.has(stage) ? [] : [`No answer proved stage ${stage}.`];
  });
}

function servedDeployments({ stages }: ApiEvidence): ReadonlySet<string> {
  if (!stages.readable) return new Set();
  return new Set(
    stages.value.flatMap(({ deploymentId, canary }) => [
      ...(deploymentId === null ? [] : [deploymentId]),
      ...(canary === null ? [] : [canary.deploymentId]),
    ]),
  );
}

function servesIam(rows: readonly JoinedMethod[], { method, path, stage }: Finding): boolean {
  return rows.some(
    (row) =>
      row.method === method &&
      row.path === path &&
      row.stage?.name === stage &&
      row.deployed !== null &&
      (isRequiredType(row.deployed) || row.deployed === UNTOLD),
  );
}

/** Where what is there is not what the plan says: somebody else changed it meanwhile. */
function deviations(plan: ApiPlan, first: ApiEvidence, last: ApiEvidence): string[] {
  const { expected } = plan;
  const found: string[] = [];
  for (const api of new Set([first, last])) {
    if (!api.description.readable) {
      const { call, reason } = api.description;
      found.push(`What the API is could not be read again: ${call} ${reason}.`);
    }
    if (!api.configured.readable) {
      found.push(
        `What is configured could not be read again: ${api.configured.call} ${api.configured.reason}.`,
      );
    } else {
      found.push(...differing('configured', expected, api.configured.value));
    }
    if (!api.stages.readable) {
      found.push(`The stages could not be read again: ${api.stages.call} ${api.stages.reason}.`);
      continue;
    }
    for (const { name } of changedStages(plan)) {
      const now = api.stages.value.find((stage) => stage.name === name);
      if (now === undefined) found.push(`Stage ${name} is gone.`);
      else if (!now.deployed.readable) {
        // What no call tells is proven by the endpoint's answers alone.
        if (isUntold(now.deployed)) continue;
        found.push(
          `What stage ${name} serves could not be read: ${now.deployed.call} ${now.deployed.reason}.`,
        );
      } else found.push(...differing(`served by stage ${name}`, expected, now.deployed.value));
    }
  }
  return [...new Set(found)];
}

function differing(
  where: string,
  expected: Methods<ExpectedMethod>,
  found: Methods<{ readonly authorizationType: string }>,
): string[] {
  return [...expected].flatMap(([key, { authorizationType }]) => {
    const now = found.get(key)?.authorizationType;
    if (now === authorizationType || now === UNTOLD) return [];
    return [
      now === undefined
        ? `${key} is no longer ${where}.`
        : `${key} is ${where} with ${now}, not ${authorizationType}.`,
    ];
  });
}

/**
 * Why a plan could not be proven once it was carried out, known before anything is changed: each stage
 * needs an address, and one method at least whose answers prove something.
 *
 * @param rows the plan's API as it is now.
 */
export function reasonsUnprovable(
  plan: ApiPlan,
  rows: readonly JoinedMethod[],
  selection: Selection,
  { whereabouts }: Pick<Surroundings, 'whereabouts'>,
): string[] {
  if (!selection.smokeTest) return [];
  return changedStages(plan).flatMap((stage) => {
    const where = whereabouts(plan.api, stage.name);
    if ('unavailable' in where) {
      return [`stage ${stage.name} could not be asked: ${where.unavailable}. ${where.remedy}`];
    }
    const isProvable = rows.some(
      (row) => row.stage?.name === stage.name && isProvableRow(plan, row, selection, where),
    );
    if (isProvable) return [];
    return [
      `no method of stage ${stage.name} may be asked so that its answers prove something; name HTTP methods in smoke-methods whose calls do no harm (GET too for the control request of an HTTP API, CONNECT for a signed handshake with a WebSocket API), give sample values in the smoke section of the policy file, or set smoke-test: false`,
    ];
  });
}

/** Whether the answers of a method prove something once a plan is carried out. */
function isProvableRow(
  { expected }: Pick<ApiPlan, 'expected'>,
  row: JoinedMethod,
  selection: Selection,
  where: Extract<ReturnType<Surroundings['whereabouts']>, { readonly baseUrl: string }>,
): boolean {
  const next = expected.get(methodKey(row.method, row.path));
  if (next === undefined) return false;
  const selected = select({ ...row, deployed: next.authorizationType }, selection);
  return typeof selected !== 'string' && mayBeProven(selected, where, selection);
}

/**
 * Stages of which no answer can prove the one route that a plan changes: that it is read as served with its
 * new type is all there is. What is live at once is changed route by route, so that others of the same stage
 * were proven by answers before.
 */
export function stagesWithoutProof(
  plan: ApiPlan,
  rows: readonly JoinedMethod[],
  selection: Selection,
  { whereabouts }: Pick<Surroundings, 'whereabouts'>,
): string[] {
  return plan.live.flatMap(({ name }) => {
    const where = whereabouts(plan.api, name);
    if ('unavailable' in where) return [];
    const own = rows.filter((row) => row.stage?.name === name);
    const isUnprovable = own.every((row) => !isProvableRow(plan, row, selection, where));
    const isRead = own.every(({ deployed }) => deployed !== UNTOLD);
    return isUnprovable && isRead ? [name] : [];
  });
}

/**
 * The order in which routes are changed that are live at once: first what answers prove, last what decides
 * for every path that no other route takes.
 */
export function inProvableOrder(
  plan: ApiPlan,
  rows: readonly JoinedMethod[],
  selection: Selection,
  { whereabouts }: Pick<Surroundings, 'whereabouts'>,
): readonly PlannedChange[] {
  const isProvable = ({ method, path }: PlannedChange): boolean =>
    plan.live.every(({ name }) => {
      const where = whereabouts(plan.api, name);
      if ('unavailable' in where) return false;
      const row = rows.find(
        (it) => it.stage?.name === name && it.method === method && it.path === path,
      );
      return row !== undefined && isProvableRow(plan, row, selection, where);
    });
  const provable = new Set(plan.changes.filter(isProvable));
  return inLiveOrder([
    ...plan.changes.filter((it) => provable.has(it)),
    ...plan.changes.filter((it) => !provable.has(it)),
  ]);
}
