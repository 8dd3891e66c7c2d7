import { type ApiPlan, changedStages } from '../enforce/api-plan.js';
import {
  decideProof,
  type EnforcementProof,
  inProvableOrder,
  isAlikeUnder,
  reasonsUnprovable,
  stagesWithoutProof,
} from '../enforce/prove.js';
import type { JoinedMethod } from '../evidence/join.js';
import { stageKey } from '../model/stage-key.js';
import { dependsOnDomains, readSurroundings } from '../probe/surroundings.js';
import { judge } from '../rules/judge.js';
import { provenStages } from '../rules/verdict.js';
import { askEndpoint, probeCredentials, selectionOf } from './ask-endpoint.js';
import type { Assignment } from './assignment.js';
import { collectApi } from './collect.js';
import type { ReadDependencies } from './dependencies.js';
import { joinedRows } from './rows.js';

/**
 * Whether the new deployment does what it should: reads what is there, asks the endpoint, and reads
 * everything once more. The objections roll it back.
 */
export async function prove(
  plan: ApiPlan,
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<EnforcementProof> {
  const { inputs } = assignment;
  const { id } = plan.api;
  const names = changedStages(plan).map(({ name }) => name);

  // The verdict is about what is read last: what somebody made of the resource policy meanwhile, too.
  const first = await collectApi(plan.api, !inputs.smokeTest, assignment, dependencies);
  const all = joinedRows([first], assignment);
  const rows = plan.live.length === 0 ? all : all.filter((row) => isChangedBy(plan, row));
  const changed = new Set(names.map((stage) => stageKey(id, stage)));
  const { observations, surroundings } = await askEndpoint(
    rows,
    changed,
    assignment,
    dependencies,
    null,
    isAlikeUnder([plan]),
  );
  const last = inputs.smokeTest
    ? await collectApi(plan.api, true, assignment, dependencies)
    : first;

  const evidence = { apis: [first], listing: null };
  const findings = judge({ evidence, rows, observations, asked: inputs });
  const proven = provenStages(observations);
  const selection = selectionOf(assignment);
  const unaskable = new Set(stagesWithoutProof(plan, rows, selection, surroundings));
  return decideProof(plan, {
    isAsked: inputs.smokeTest,
    ...{ first, rows, observations, surroundings, findings, last },
    provenStages: new Set(
      names.filter((stage) => proven.has(stageKey(id, stage)) || unaskable.has(stage)),
    ),
  });
}

/** Whether a row is of a route that a plan changes in a stage where that is live at once. */
function isChangedBy({ changes, live }: ApiPlan, { method, path, stage }: JoinedMethod): boolean {
  return (
    live.some(({ name }) => name === stage?.name) &&
    changes.some((change) => change.method === method && change.path === path)
  );
}

/** How a plan can be proven. */
export interface Provability {
  /** What stands in the way of the proof, known before the first change. */
  readonly reasons: readonly string[];
  /** The plan's changes, in the order in which they can be proven. */
  readonly changes: ApiPlan['changes'];
}

/** Whether a plan can be proven; nothing is in the way where no proof is asked for. */
export async function howToProve(
  plan: ApiPlan,
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<Provability> {
  const { inputs } = assignment;
  const { changes } = plan;
  if (!inputs.smokeTest || changedStages(plan).length === 0) return { reasons: [], changes };
  // Where the default endpoint answers, the address is known without asking AWS.
  const surroundings = await readSurroundings(
    dependsOnDomains(plan.api, inputs) ? [plan.api] : [],
    inputs,
    dependencies.target,
  );
  const rows = joinedRows([plan.api], assignment);
  const selection = selectionOf(assignment);
  const reasons = reasonsUnprovable(plan, rows, selection, surroundings);
  const credentials = await probeCredentials(assignment, dependencies);
  return {
    reasons:
      typeof credentials === 'function'
        ? reasons
        : [
            ...reasons,
            `signed requests could not be sent to prove it: ${credentials.unavailable}. ${credentials.remedy}`,
          ],
    changes:
      plan.live.length === 0 ? changes : inProvableOrder(plan, rows, selection, surroundings),
  };
}
