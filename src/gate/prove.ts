import type { ApiPlan } from '../enforce/plan.js';
import { decideProof, type EnforcementProof, reasonsUnprovable } from '../enforce/prove.js';
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
  const moved = plan.stages.map(({ name }) => name);

  const first = await collectApi(plan.api, assignment, dependencies);
  const rows = joinedRows([first], assignment);
  const changed = new Set(moved.map((stage) => stageKey(id, stage)));
  const { observations, surroundings } = await askEndpoint(rows, changed, assignment, dependencies);
  const last = inputs.smokeTest ? await collectApi(plan.api, assignment, dependencies) : first;

  const evidence = { apis: [first], listing: null };
  const findings = judge({ evidence, rows, observations, asked: inputs });
  const proven = provenStages(observations);
  return decideProof(plan, {
    isAsked: inputs.smokeTest,
    ...{ first, rows, observations, surroundings, findings, last },
    provenStages: new Set(moved.filter((stage) => proven.has(stageKey(id, stage)))),
  });
}

/** What would keep the proof from being given, known before the first change; nothing where none is asked for. */
export async function reasonsNotToProve(
  plan: ApiPlan,
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<string[]> {
  const { inputs } = assignment;
  if (!inputs.smokeTest || plan.stages.length === 0) return [];
  // Where the default endpoint answers, the address is known without asking AWS.
  const surroundings = await readSurroundings(
    dependsOnDomains(plan.api, inputs) ? [plan.api] : [],
    inputs,
    dependencies.target,
  );
  const rows = joinedRows([plan.api], assignment);
  const reasons = reasonsUnprovable(plan, rows, selectionOf(assignment), surroundings);
  const credentials = await probeCredentials(assignment, dependencies);
  if (typeof credentials === 'function') return reasons;
  return [...reasons, `signed requests could not be sent to prove it: ${credentials.unavailable}`];
}
