import type { ApiGatewayV2 } from '../aws/api-gateway-v2.js';
import { reading } from '../evidence/reading.js';
import { type NamedStage, readStageList } from '../evidence/v2/stages.js';
import { type Reading, type StageEvidence, UNTOLD } from '../model/evidence.js';
import { decidesUntold } from '../probe/decides-untold.js';
import { type Observation, unasked } from '../probe/observation.js';
import { proofOf } from '../probe/proof.js';

/**
 * Takes back what answers have proven of a stage that was changed while it was asked, where no call tells what it
 * serves: the answers of two deployments, taken together, may be those of none. What lets a stranger in stays.
 * One GetStages an API of which answers alone decide.
 */
export async function withoutMoved(
  observations: readonly Observation[],
  apiGateway: Pick<ApiGatewayV2, 'getStagesPage'>,
): Promise<readonly Observation[]> {
  const decisive = new Set(observations.filter(isDecisive));
  const ids = new Set([...decisive].map(({ row }) => row.api.id));
  if (ids.size === 0) return observations;
  const now = new Map(
    await Promise.all(
      [...ids].map(
        async (id) =>
          [id, await reading('GetStages', () => readStageList(apiGateway, id))] as const,
      ),
    ),
  );
  return observations.map((observation) => {
    const { row, region } = observation;
    if (!decisive.has(observation) || row.stage === null) return observation;
    const why = reasonToDoubt(row.stage, now.get(row.api.id));
    return why === null ? observation : unasked(row, region, why, null, [RUN_AGAIN]);
  });
}

const RUN_AGAIN = 'run the job again when nobody changes the API';

function isDecisive(observation: Observation): boolean {
  const { row } = observation;
  return (
    row.deployed === UNTOLD && decidesUntold(observation) && proofOf(observation) !== 'refuted'
  );
}

/** Why a stage may have served something else meanwhile; `null` where it has not. */
function reasonToDoubt(
  { name, deploymentId, deployment, lastUpdatedMs }: StageEvidence,
  stages: Reading<readonly NamedStage[]> | undefined,
): string | null {
  if (stages?.readable !== true) {
    return 'whether the stage was changed meanwhile could not be read, so that no answer of it counts';
  }
  const now = stages.value.find(({ StageName }) => StageName === name);
  const isSame =
    now !== undefined &&
    (now.DeploymentId ?? null) === deploymentId &&
    (now.AutoDeploy ?? false) === deployment?.autoDeploy &&
    (now.LastUpdatedDate?.getTime() ?? null) === lastUpdatedMs;
  return isSame ? null : 'the stage was changed meanwhile, so that no answer of it counts';
}
