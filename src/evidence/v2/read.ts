import type { ApiGatewayV2 } from '../../aws/api-gateway-v2.js';
import type {
  ApiEvidence,
  ConfiguredMethod,
  DeployedMethod,
  Methods,
  Reading,
  StageEvidence,
} from '../../model/evidence.js';
import type { CollectedApi, KindReader, ListedApi, Questions } from '../kind.js';
import { reading } from '../reading.js';
import type { ApisV2, KindV2 } from './apis.js';
import { readRoutes } from './routes.js';
import { readBehind, readStageList, readStageState, type StageState } from './stages.js';

/** What reading a stage needs to know besides the stage. */
export interface OfApi {
  readonly id: string;
  /** The routes, which are read while the rest may be. */
  readonly configured: Promise<Reading<Methods<ConfiguredMethod>>>;
  readonly questions: Questions;
}

/** What is different about a kind of API. */
export interface KindParts {
  readonly kind: KindV2;
  /** The routes that decide who gets in. */
  readonly isJudged: (route: ConfiguredMethod) => boolean;
  readonly alwaysJudged: ApiEvidence['alwaysJudged'];
  /** What a stage serves; it may begin before routes and the state of the stage are known. */
  readonly readServed: (
    stage: string,
    state: Promise<StageState>,
    api: OfApi,
  ) => Promise<Reading<Methods<DeployedMethod>>>;
}

/**
 * Reads HTTP or WebSocket APIs, in as few calls as the service allows: for an API none where GetApis
 * described it, one GetRoutes and one GetStages a page, and one GetDeployments and another GetStages a page where
 * a stage deploys by itself; of an HTTP API one ExportApi a stage besides.
 */
export function readerV2(parts: KindParts, apis: ApisV2, apiGateway: ApiGatewayV2): KindReader {
  const { kind } = parts;
  return {
    kind,
    list: () => apis.list(kind),
    find: (id) => apis.find(kind, id),
    hasListed: (id) => apis.hasListed(kind, id),
    read: (api, questions) => readApi(api, questions, parts, apis, apiGateway),
  };
}

async function readApi(
  { id, known }: ListedApi,
  questions: Questions,
  { kind, isJudged, alwaysJudged, readServed }: KindParts,
  apis: ApisV2,
  apiGateway: ApiGatewayV2,
): Promise<CollectedApi> {
  const found = known === null ? await apis.find(kind, id) : { description: known, missing: null };
  const { description, missing } = found;
  if (missing !== null && !description.readable) {
    // Nothing more is asked of an API that is not there.
    const [configured, stages] = [description, description];
    return { evidence: { id, kind, description, configured, stages, stageNames: [] }, missing };
  }
  // Routes between two readings of the stages: see readStageState.
  const allStages = await reading('GetStages', () => readStageList(apiGateway, id));
  const reads = reading('GetRoutes', () => readRoutes(apiGateway, id));
  const ofApi: OfApi = { id, configured: reads, questions };
  const behind = readBehind(apiGateway, id, reads);
  const readStage = async (stage: Parameters<typeof readStageState>[0]): Promise<StageEvidence> => {
    const state = readStageState(stage, behind);
    const deployed = await readServed(stage.StageName, state, ofApi);
    return { ...(await state).stage, deployed };
  };
  const inScope = (name: string): boolean =>
    questions.stages === '*' || questions.stages.includes(name);
  const [configured, stages] = await Promise.all([
    reads,
    allStages.readable
      ? Promise.all(allStages.value.filter(({ StageName }) => inScope(StageName)).map(readStage))
      : [],
  ]);
  return {
    evidence: {
      id,
      kind,
      description,
      configured: configured.readable
        ? {
            readable: true,
            value: new Map([...configured.value].filter(([, route]) => isJudged(route))),
          }
        : configured,
      stages: allStages.readable ? { readable: true, value: stages } : allStages,
      stageNames: allStages.readable ? allStages.value.map(({ StageName }) => StageName) : [],
      ...(alwaysJudged === undefined ? {} : { alwaysJudged }),
    },
    missing: null,
  };
}
