import pLimit from 'p-limit';
import type { ApiGateway } from '../aws/api-gateway.js';
import { REQUIRED_AUTHORIZATION_TYPE } from '../config/requirement.js';
import type { ApiKind } from '../model/api-kind.js';
import { ConfigurationError } from '../model/errors.js';
import {
  type ApiDescription,
  type ApiEvidence,
  type Evidence,
  nameOf,
  type Unlisted,
} from '../model/evidence.js';
import type { Logger } from '../model/logger.js';
import type { CollectedApi, KindReader, ListedApi, Questions } from './kind.js';
import { restReader } from './rest/read.js';

/** A reader for each kind of API; a kind that is added is a folder and a line here. */
export function readersOf(apiGateway: ApiGateway): readonly KindReader[] {
  return [restReader(apiGateway)];
}

/** What to collect. */
export interface Scope {
  readonly apiIds: readonly string[] | '*';
  readonly stages: readonly string[] | '*';
  readonly region: string;
  /** Descriptions by API id that need not be read again. */
  readonly known?: ReadonlyMap<string, ApiDescription>;
  /** Kinds by API id, where they are known. */
  readonly kinds?: ReadonlyMap<string, ApiKind>;
  /** Why APIs that were asked for by a selector are missing from the ids. */
  readonly unlisted?: Unlisted | null;
  /** One API of several that is gone is unreadable; without it, it is a wrong input. */
  readonly mayBeGone?: boolean;
  /** The authorization types that the policy lets a method have; without it, AWS_IAM alone. */
  readonly allowedTypesOf?: Questions['allowedTypesOf'];
  /** Whether an exception lets a method of a stage be open; without it, none does. */
  readonly mayBeOpen?: Questions['mayBeOpen'];
  /** The APIs and stages were there before: one that is gone by now is unreadable, no wrong input. */
  readonly isRepeated?: boolean;
}

/** How many APIs are read side by side: enough to keep the quota's ten calls a second in flight. */
const APIS_AT_ONCE = 10;

/**
 * Reads what is configured and what is deployed, API by API, side by side; an API's failure stops no
 * other.
 *
 * @throws ConfigurationError naming every API id and stage that does not exist.
 */
export function collectEvidence(
  scope: Scope,
  apiGateway: ApiGateway,
  logger: Logger,
): Promise<Evidence> {
  return collectByKind(scope, readersOf(apiGateway), logger);
}

/** The same with the readers of any kinds of API. */
export async function collectByKind(
  scope: Scope,
  readers: readonly KindReader[],
  logger: Logger,
): Promise<Evidence> {
  const {
    stages,
    allowedTypesOf = () => [REQUIRED_AUTHORIZATION_TYPE],
    mayBeOpen = () => false,
  } = scope;
  const questions: Questions = { stages, allowedTypesOf, mayBeOpen };
  const { apis, listing } = await apisInScope(scope, readers);
  const limit = pLimit(APIS_AT_ONCE);
  let done = 0;
  const collected = await Promise.all(
    apis.map((it) =>
      limit(async () => {
        const api = await readApi(it, questions);
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
  readonly api: ListedApi;
  /** Of the kinds that it can be. */
  readonly readers: readonly KindReader[];
}

async function apisInScope(
  { apiIds, known, kinds, unlisted = null }: Scope,
  readers: readonly KindReader[],
): Promise<{ readonly apis: readonly ApiInScope[]; readonly listing: Unlisted | null }> {
  if (apiIds !== '*') {
    const apis = apiIds.map((id) => {
      const kind = kinds?.get(id);
      const fitting = kind === undefined ? [] : readers.filter((it) => it.kind === kind);
      return {
        api: { id, known: known?.get(id) ?? null },
        readers: fitting.length > 0 ? fitting : readers,
      };
    });
    return { apis, listing: unlisted };
  }
  const listings = await Promise.all(
    readers.map(async (reader) => ({ reader, ...(await reader.list()) })),
  );
  return {
    apis: listings.flatMap(({ reader, apis }) => apis.map((api) => ({ api, readers: [reader] }))),
    listing: listings.find(({ unreadable }) => unreadable !== null)?.unreadable ?? null,
  };
}

/** Reads an API as the first kind of which there is one with its id. */
async function readApi({ api, readers }: ApiInScope, questions: Questions): Promise<CollectedApi> {
  const [reader, ...others] = readers;
  if (reader === undefined) throw new Error(`nothing reads API ${api.id}`);
  const read = await reader.read(api, questions);
  return read.missing === null || others.length === 0
    ? read
    : readApi({ api, readers: others }, questions);
}

function refuseWhatDoesNotExist(scope: Scope, apis: readonly CollectedApi[]): void {
  const problems: string[] = [];
  if (scope.apiIds !== '*') {
    const isOneThere = apis.some(({ missing }) => missing === null);
    for (const { evidence, missing } of apis) {
      // What a nightly audit of several lists may be deleted one day: the others are judged all the same.
      if (missing === null || (scope.mayBeGone === true && isOneThere)) continue;
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
