import pLimit from 'p-limit';
import type { ApiGateway } from '../aws/api-gateway.js';
import type { ApiGatewayV2 } from '../aws/api-gateway-v2.js';
import { REQUIRED_AUTHORIZATION_TYPE } from '../config/requirement.js';
import { API_KINDS, type ApiKind, nameOfKind } from '../model/api-kind.js';
import { ConfigurationError } from '../model/errors.js';
import {
  type ApiDescription,
  type ApiEvidence,
  type Evidence,
  nameOf,
  type Reading,
  type Unlisted,
  type Unreadable,
} from '../model/evidence.js';
import type { Logger } from '../model/logger.js';
import { findKind } from './find-kind.js';
import { httpReader } from './http/read.js';
import type { KindReader, Questions } from './kind.js';
import { unreadable } from './reading.js';
import { restReader } from './rest/read.js';
import { apisV2 } from './v2/apis.js';
import { websocketReader } from './websocket/read.js';

/** What APIs are read by. */
export interface Sources {
  readonly apiGateway: ApiGateway;
  readonly apiGatewayV2: ApiGatewayV2;
}

/** A reader for each kind of API; a kind that is added is a folder and a line here. */
export function readersOf(
  { apiGateway, apiGatewayV2 }: Sources,
  { apiIds, apiTypes = API_KINDS }: Pick<Scope, 'apiIds' | 'apiTypes'>,
): readonly KindReader[] {
  const apis = apisV2(apiGatewayV2, apiIds === '*' || apiIds.length > 1);
  const readers = [
    restReader(apiGateway),
    httpReader(apis, apiGatewayV2),
    websocketReader(apis, apiGatewayV2),
  ];
  return readers.filter(({ kind }) => apiTypes.includes(kind));
}

/** What is known of an API from before. */
export interface KnownApi {
  readonly kind: ApiKind;
  /** `null`: it is read again. */
  readonly description: Reading<ApiDescription> | null;
}

/** What to collect. */
export interface Scope {
  readonly apiIds: readonly string[] | '*';
  /** The kinds that are audited; without it, all. */
  readonly apiTypes?: readonly ApiKind[];
  readonly stages: readonly string[] | '*';
  readonly region: string;
  /** What need not be found out again, by API id. */
  readonly known?: ReadonlyMap<string, KnownApi>;
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
export function collectEvidence(scope: Scope, sources: Sources, logger: Logger): Promise<Evidence> {
  return collectByKind(scope, readersOf(sources, scope), logger);
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
        const api = await it.read(questions);
        done += 1;
        if (api.evidence !== null) {
          logger.info(`${done}/${apis.length} ${progressOf(api.evidence)}`);
        }
        return { ...api, id: it.id };
      }),
    ),
  );
  if (scope.isRepeated !== true) refuseWhatDoesNotExist(scope, collected);
  return {
    apis: collected.map(({ id, evidence, missing }) => evidence ?? gone(id, missing ?? '')),
    listing,
  };
}

/**
 * An API that there was once: what a nightly audit of several lists may be deleted one day, and the others
 * are judged all the same.
 */
function gone(id: string, words: string): ApiEvidence {
  const nothing = unreadable(
    'The API',
    `does not exist${words === '' ? '' : ` (${words})`}`,
    'Take it out of api-id if it was deleted on purpose; else check the id, the region and whose credentials the step uses.',
  );
  return {
    id,
    kind: 'REST',
    description: nothing,
    configured: nothing,
    stages: nothing,
    stageNames: [],
  };
}

/** An API that is to be read, and how. */
interface ApiInScope {
  readonly id: string;
  readonly read: (questions: Questions) => Promise<ReadApi>;
}

/** What was read of an API: nothing where no kind has one with its id. */
interface ReadApi {
  readonly evidence: ApiEvidence | null;
  readonly missing: string | null;
}

async function apisInScope(
  { apiIds, known, unlisted = null }: Scope,
  readers: readonly KindReader[],
): Promise<{ readonly apis: readonly ApiInScope[]; readonly listing: Unlisted | null }> {
  if (apiIds !== '*') {
    const apis = apiIds.map(
      (id): ApiInScope => ({
        id,
        read: (questions) => readNamed(id, known?.get(id) ?? null, readers, questions),
      }),
    );
    return { apis, listing: unlisted };
  }
  const listings = await Promise.all(
    readers.map(async (reader) => ({ reader, ...(await reader.list()) })),
  );
  return {
    apis: listings.flatMap(({ reader, apis }) =>
      apis.map(
        (api): ApiInScope => ({ id: api.id, read: (questions) => reader.read(api, questions) }),
      ),
    ),
    listing: together(listings.flatMap(({ unreadable }) => unreadable ?? [])),
  };
}

/** Reads an API as the kind that it is; one that is gone is evidence where it was there before. */
async function readNamed(
  id: string,
  known: KnownApi | null,
  readers: readonly KindReader[],
  questions: Questions,
): Promise<ReadApi> {
  const ofKind = readers.find(({ kind }) => kind === known?.kind);
  if (ofKind !== undefined) {
    return ofKind.read({ id, known: known?.description ?? null }, questions);
  }
  const found = await findKind(id, readers);
  return 'reader' in found
    ? found.reader.read(found.api, questions)
    : { evidence: null, missing: found.missing };
}

/** What is missing of several lists; the two kinds of the second version are told by one. */
function together(gaps: readonly Unreadable[]): Unreadable | null {
  const distinct = [...new Map(gaps.map((gap) => [gap.call, gap])).values()];
  const [first, ...others] = distinct;
  if (first === undefined) return null;
  return {
    ...first,
    reason: [first.reason, ...others.map(({ call, reason }) => `${call} ${reason}`)].join('; '),
    remedy: [...new Set(distinct.map(({ remedy }) => remedy))].join(' '),
  };
}

/** What was read of an API that was named or listed. */
interface Collected extends ReadApi {
  readonly id: string;
}

function refuseWhatDoesNotExist(scope: Scope, apis: readonly Collected[]): void {
  const problems: string[] = [];
  if (scope.apiIds !== '*') {
    const isOneThere = apis.some(({ missing }) => missing === null);
    const mayBeGone = scope.mayBeGone === true && isOneThere;
    for (const { id, missing } of mayBeGone ? [] : apis) {
      if (missing !== null) problems.push(problemOfId(id, missing, scope));
    }
  }
  if (scope.stages !== '*') {
    const present = apis.flatMap(({ evidence, missing }) =>
      evidence === null || missing !== null ? [] : [evidence],
    );
    for (const stage of scope.stages) problems.push(...problemsOfStage(stage, scope, present));
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
}

function problemOfId(id: string, words: string, { region, apiTypes = API_KINDS }: Scope): string {
  const account = /(\*{8}\d{4})/.exec(words)?.[1] ?? 'of the credentials';
  const left = API_KINDS.filter((kind) => !apiTypes.includes(kind));
  const what = left.length === 0 ? 'API' : apiTypes.map(nameOfKind).join(' and no ');
  const besides =
    left.length === 0
      ? ''
      : ` api-types leaves ${left.map((kind) => `${nameOfKind(kind)}s`).join(' and ')} out.`;
  return `api-id: there is no ${what} ${id} in ${region} of account ${account}. Check the id, the region and whose credentials the step uses.${besides}`;
}

/** A named API must have a named stage; of a whole region one API at least must have it. */
function problemsOfStage(stage: string, scope: Scope, apis: readonly ApiEvidence[]): string[] {
  const without = apis.filter(
    ({ stages, stageNames }) => stages.readable && !stageNames.includes(stage),
  );
  if (scope.apiIds !== '*') {
    return without.map(
      ({ id, stageNames }) =>
        `stage: API ${id} has no stage ${stage}. It has ${stageNames.join(', ') || 'none'}.`,
    );
  }
  return apis.length > 0 && without.length === apis.length
    ? [`stage: no API of ${scope.region} has a stage ${stage}.`]
    : [];
}

function progressOf(api: ApiEvidence): string {
  const noun = api.kind === 'REST' ? 'method' : 'route';
  const size = api.configured.readable ? api.configured.value.size : null;
  const configured =
    size === null
      ? `configured ${noun}s unreadable`
      : `${size} ${size === 1 ? noun : `${noun}s`} configured`;
  const stages = api.stages.readable
    ? `stages: ${api.stages.value.map((stage) => stage.name).join(', ') || 'none'}`
    : 'stages unreadable';
  return `${nameOf(api)} (${api.id}): ${configured}; ${stages}`;
}
