import pLimit from 'p-limit';
import type { ApiGateway, RestApi, Stage } from '../aws/api-gateway.js';
import { AwsFailure } from '../aws/failure.js';
import { nextPosition, pages } from '../aws/pages.js';
import { REQUIRED_AUTHORIZATION_TYPE } from '../config/requirement.js';
import { ConfigurationError } from '../model/errors.js';
import {
  type ApiDescription,
  type ApiEvidence,
  type Evidence,
  nameOf,
  type Reading,
  type StageEvidence,
  type Unreadable,
} from '../model/evidence.js';
import type { Logger } from '../model/logger.js';
import { reading } from './reading.js';
import { readConfiguredMethods } from './rest/configured.js';
import { readStage, snapshotReader } from './rest/deployed.js';
import { completeByExports, type Questions } from './rest/served.js';

/** What to collect. */
export interface Scope {
  readonly apiIds: readonly string[] | '*';
  readonly stages: readonly string[] | '*';
  readonly region: string;
  /** Descriptions by API id that need not be read again. */
  readonly known?: ReadonlyMap<string, ApiDescription>;
  /** The authorization types that the policy lets a method have; without it, AWS_IAM alone. */
  readonly allowedTypesOf?: (method: string, path: string) => readonly string[];
  /** Whether an exception lets a method of a stage be open; without it, none does. */
  readonly mayBeOpen?: (
    api: { readonly id: string; readonly name: string },
    stage: string,
    method: string,
    path: string,
  ) => boolean;
  /** The APIs and stages were there before: one that is gone by now is unreadable, no wrong input. */
  readonly isRepeated?: boolean;
}

/** How many APIs are read side by side: enough to keep the quota's ten calls a second in flight. */
const APIS_AT_ONCE = 10;

/**
 * Reads what is configured and what is deployed. The calls are as few as the service allows: for an
 * API one GetRestApi (none where GetRestApis told), one GetResources per 500 resources, one
 * GetStages, one GetDeployment per distinct deployment, and one GetExport for each of those that
 * leaves a question open. They run side by side; an API's failure stops no other.
 *
 * @throws ConfigurationError naming every API id and stage that does not exist.
 */
export async function collectEvidence(
  scope: Scope,
  apiGateway: ApiGateway,
  logger: Logger,
): Promise<Evidence> {
  const { apis, listing } = await apisInScope(scope, apiGateway);
  const limit = pLimit(APIS_AT_ONCE);
  let done = 0;
  const collected = await Promise.all(
    apis.map(({ id, known }) =>
      limit(async () => {
        const api = await collectApi(id, known, scope, apiGateway);
        done += 1;
        logger.info(`${done}/${apis.length} ${progressOf(api.evidence)}`);
        return api;
      }),
    ),
  );
  if (scope.isRepeated !== true) refuseWhatDoesNotExist(scope, collected);
  return { apis: collected.map(({ evidence }) => evidence), listing };
}

interface ApiInScope {
  readonly id: string;
  /** The description, where the listing told it already. */
  readonly known: ApiDescription | null;
}

async function apisInScope(
  scope: Scope,
  apiGateway: ApiGateway,
): Promise<{ apis: readonly ApiInScope[]; listing: Unreadable | null }> {
  if (scope.apiIds !== '*') {
    const apis = scope.apiIds.map((id) => ({ id, known: scope.known?.get(id) ?? null }));
    return { apis, listing: null };
  }
  const apis: ApiInScope[] = [];
  // What was listed before a page failed is judged all the same.
  const listing = await reading('GetRestApis', async () => {
    for await (const { items } of pages('GetRestApis', apiGateway.getRestApisPage, nextPosition)) {
      if (items === undefined) throw unlisted('the answer holds no list of APIs');
      for (const api of items) {
        if (api.id === undefined) throw unlisted('an API came without its id');
        apis.push({ id: api.id, known: describe(api) });
      }
    }
  });
  return { apis, listing: listing.readable ? null : listing };
}

function unlisted(why: string): AwsFailure {
  return new AwsFailure('GetRestApis', new Error(why), 1);
}

interface CollectedApi {
  readonly evidence: ApiEvidence;
  /** AWS's words where it said that there is no such API. */
  readonly missing: string | null;
}

async function collectApi(
  id: string,
  known: ApiDescription | null,
  { stages, allowedTypesOf = () => [REQUIRED_AUTHORIZATION_TYPE], mayBeOpen = () => false }: Scope,
  apiGateway: ApiGateway,
): Promise<CollectedApi> {
  let missing: string | null = null;
  const readDescription = async (): Promise<ApiDescription> => {
    try {
      return describe(await apiGateway.getRestApi(id));
    } catch (error) {
      if (error instanceof AwsFailure && error.kind === 'not-found') missing = error.detail;
      throw error;
    }
  };
  const [description, configured, allStages] = await Promise.all([
    known === null
      ? reading('GetRestApi', readDescription)
      : Promise.resolve<Reading<ApiDescription>>({ readable: true, value: known }),
    reading('GetResources', () => readConfiguredMethods(apiGateway, id)),
    reading('GetStages', () => readStageList(id, apiGateway)),
  ]);
  const name = description.readable ? description.value.name : id;
  const questions: Questions = {
    configured,
    allowedTypesOf,
    mayBeOpen: (stage, method, path) => mayBeOpen({ id, name }, stage, method, path),
  };
  return {
    evidence: {
      id,
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
  wanted: Scope['stages'],
  questions: Questions,
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

function refuseWhatDoesNotExist(scope: Scope, apis: readonly CollectedApi[]): void {
  const problems: string[] = [];
  if (scope.apiIds !== '*') {
    for (const { evidence, missing } of apis) {
      if (missing === null) continue;
      const account = /(\*{8}\d{4})/.exec(missing)?.[1] ?? 'of the credentials';
      problems.push(
        `api-id: there is no REST API ${evidence.id} in ${scope.region} of account ${account}. Check the id, the region and whose credentials the step uses. HTTP and WebSocket APIs are not REST APIs.`,
      );
    }
  }
  if (scope.stages !== '*') {
    const present = apis.filter((api) => api.missing === null);
    for (const stage of scope.stages) problems.push(...problemsOfStage(stage, scope, present));
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** A named API must have a named stage; of a whole region one API at least must have it. */
function problemsOfStage(stage: string, scope: Scope, apis: readonly CollectedApi[]): string[] {
  const without = apis.filter(
    ({ evidence }) => evidence.stages.readable && !evidence.stageNames.includes(stage),
  );
  if (scope.apiIds !== '*') {
    return without.map(
      ({ evidence }) =>
        `stage: API ${evidence.id} has no stage ${stage}. It has ${evidence.stageNames.join(', ') || 'none'}.`,
    );
  }
  return apis.length > 0 && without.length === apis.length
    ? [`stage: no API of ${scope.region} has a stage ${stage}.`]
    : [];
}

function progressOf(api: ApiEvidence): string {
  const configured = api.configured.readable
    ? `${api.configured.value.size} methods configured`
    : 'configured methods unreadable';
  const stages = api.stages.readable
    ? `stages: ${api.stages.value.map((stage) => stage.name).join(', ') || 'none'}`
    : 'stages unreadable';
  return `${nameOf(api)} (${api.id}): ${configured}; ${stages}`;
}
