import { isRequiredType } from '../config/requirement.js';
import type { JoinedMethod } from '../evidence/join.js';
import { UNTOLD } from '../model/evidence.js';
import { stageKey } from '../model/stage-key.js';
import { eachVerb, type Observation } from '../probe/observation.js';
import { isLetIn } from '../probe/proof.js';
import { askEndpoint } from './ask-endpoint.js';
import type { Assignment } from './assignment.js';
import type { ReadDependencies } from './dependencies.js';

/**
 * Stages, by `stageKey`, that let a request in without a good signature although its route is configured
 * with AWS_IAM: they serve what was configured before. Where AWS does not tell what a stage serves, only
 * the endpoint does, and is asked before anything is planned.
 */
export async function stagesServedOpen(
  rows: readonly JoinedMethod[],
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<ReadonlySet<string>> {
  const doubtful = rows.filter(
    ({ configured, deployed }) =>
      deployed === UNTOLD && configured !== null && isRequiredType(configured),
  );
  const title = 'Asking what AWS does not tell: what stages serve';
  const { observations } = await askEndpoint(doubtful, new Set(), assignment, dependencies, title);
  return new Set(
    observations.flatMap((observation) => {
      const { api, stage } = observation.row;
      return stage !== null && letsIn(observation) ? [stageKey(api.id, stage.name)] : [];
    }),
  );
}

function letsIn(observation: Observation): boolean {
  return eachVerb(observation).some(({ unsigned, tampered }) =>
    [unsigned, tampered].some((answer) => answer !== null && isLetIn(answer)),
  );
}
