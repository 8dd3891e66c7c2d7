import type { ApiGateway, RestApi, Stage } from '../../aws/api-gateway.js';
import { AwsFailure } from '../../aws/failure.js';
import { nextPosition, pages } from '../../aws/pages.js';
import type { ApiDescription, StageEvidence } from '../../model/evidence.js';
import type { CollectedApi, FoundApi, KindReader, ListedApi, Listing, Questions } from '../kind.js';
import { reading } from '../reading.js';
import { readConfiguredMethods } from './configured.js';
import { readStage, snapshotReader } from './deployed.js';
import { completeByExports, type OpenQuestions } from './served.js';

/**
 * Reads REST APIs. The calls are as few as the service allows: for an API one GetRestApi (none where
 * GetRestApis described it), one GetResources per 500 resources, one GetStages, one GetDeployment per distinct
 * deployment, and one GetExport for each of those that leaves a question open.
 */
export function restReader(apiGateway: ApiGateway): KindReader {
  return {
    kind: 'REST',
    list: () => listApis(apiGateway),
    find: (id) => findApi(id, apiGateway),
    read: (api, questions) => readApi(api, questions, apiGateway),
  };
}

async function listApis(apiGateway: ApiGateway): Promise<Listing> {
  // One that is listed twice, as of pages between which somebody made another, is one API.
  const apis = new Map<string, ListedApi>();
  // What was listed before a page failed is judged all the same.
  const listing = await reading('GetRestApis', async () => {
    for await (const { items } of pages('GetRestApis', apiGateway.getRestApisPage, nextPosition)) {
      if (items === undefined) throw unlisted('the answer holds no list of APIs');
      for (const api of items) {
        if (api.id === undefined) throw unlisted('an API came without its id');
        apis.set(api.id, { id: api.id, known: { readable: true, value: describe(api) } });
      }
    }
  });
  return { apis: [...apis.values()], unreadable: listing.readable ? null : listing };
}

function unlisted(why: string): AwsFailure {
  return new AwsFailure('GetRestApis', new Error(why), 1);
}

async function readApi(
  { id, known }: ListedApi,
  { stages, allowedTypesOf, mayBeOpen }: Questions,
  apiGateway: ApiGateway,
): Promise<CollectedApi> {
  const [{ description, missing }, configured, allStages] = await Promise.all([
    known === null ? findApi(id, apiGateway) : { description: known, missing: null },
    reading('GetResources', () => readConfiguredMethods(apiGateway, id)),
    reading('GetStages', () => readStageList(id, apiGateway)),
  ]);
  const name = description.readable ? description.value.name : id;
  const questions: OpenQuestions = {
    configured,
    allowedTypesOf,
    mayBeOpen: (stage, method, path) => mayBeOpen({ id, name }, stage, method, path),
  };
  return {
    evidence: {
      id,
      kind: 'REST',
      description,
      configured,
      stages: allStages.readable
        ? {
            readable: true,
            value: await readStages(id, allStages.value, stages, questions, apiGateway),
          }
        : allStages,
      stageNames: allStages.readable ? allStages.value.map(({ stageName }) => stageName) : [],
    },
    missing,
  };
}

async function findApi(id: string, apiGateway: ApiGateway): Promise<FoundApi> {
  let missing: string | null = null;
  const description = await reading('GetRestApi', async (): Promise<ApiDescription> => {
    try {
      return describe(await apiGateway.getRestApi(id));
    } catch (error) {
      if (error instanceof AwsFailure && error.kind === 'not-found') missing = error.detail;
      throw error;
    }
  });
  return { description, missing };
}

/** A stage with the name that it cannot be without. */
type NamedStage = Stage & { readonly stageName: string };

async function readStageList(apiId: string, apiGateway: ApiGateway): Promise<NamedStage[]> {
  const stages = await apiGateway.getStages(apiId);
  return stages.map((stage) => {
    const { stageName } = stage;
    if (stageName === undefined) {
      throw new AwsFailure('GetStages', new Error('a stage came without its name'), 1);
    }
    return { ...stage, stageName };
  });
}

async function readStages(
  apiId: string,
  stages: readonly NamedStage[],
  wanted: Questions['stages'],
  questions: OpenQuestions,
  apiGateway: ApiGateway,
): Promise<StageEvidence[]> {
  const read = snapshotReader(apiGateway, apiId);
  const inScope = stages.filter(({ stageName }) => wanted === '*' || wanted.includes(stageName));
  const summarised = await Promise.all(inScope.map((stage) => readStage(stage, read)));
  return completeByExports(summarised, stages, questions, apiGateway, apiId);
}

function describe(api: RestApi): ApiDescription {
  return {
    name: api.name ?? api.id ?? '',
    endpointTypes: api.endpointConfiguration?.types ?? [],
    defaultEndpointDisabled: api.disableExecuteApiEndpoint ?? false,
    tags: api.tags ?? {},
    policy: api.policy || null,
    status: api.apiStatus ?? null,
    statusMessage: api.apiStatusMessage ?? null,
  };
}
