import { setTimeout as sleep } from 'node:timers/promises';
import {
  type APIGatewayClient,
  DeleteRestApiCommand,
  paginateGetRestApis,
} from '@aws-sdk/client-api-gateway';
import {
  type ApiGatewayV2Client,
  DeleteApiCommand,
  GetApisCommand,
} from '@aws-sdk/client-apigatewayv2';
import { PREFIX, TAG } from './ledger.js';

/** The two control planes of one account and region. */
export interface ControlPlanes {
  readonly rest: APIGatewayClient;
  readonly v2: ApiGatewayV2Client;
  readonly region: string;
}

/** An API of ours. */
export interface OwnedApi {
  readonly id: string;
  readonly name: string;
  readonly isRest: boolean;
  /** `false`: it has the name that this run gave, and lost its tag. Such a one is told, and not touched. */
  readonly isTagged: boolean;
}

/**
 * The APIs with our prefix and our tag; of one run also those that have its name alone.
 *
 * @param token of one run; `undefined`: of all runs.
 */
export async function ownedApis(
  planes: ControlPlanes,
  token: string | undefined,
): Promise<readonly OwnedApi[]> {
  const owned: OwnedApi[] = [];
  for await (const { items = [] } of paginateGetRestApis({ client: planes.rest }, { limit: 500 }))
    for (const { id = '', name = '', tags } of items) push({ id, name, isRest: true }, tags);
  let next: string | undefined;
  do {
    const page = await planes.v2.send(new GetApisCommand({ NextToken: next }));
    for (const { ApiId: id = '', Name: name = '', Tags } of page.Items ?? [])
      push({ id, name, isRest: false }, Tags);
    next = page.NextToken;
  } while (next !== undefined && next !== '');
  return owned;

  function push(api: Omit<OwnedApi, 'isTagged'>, tags: Tags): void {
    const isTagged = isOurs(api.name, tags, token);
    const isNamed = token !== undefined && api.name.startsWith(`${PREFIX}${token}-`);
    if (isTagged || isNamed) owned.push({ ...api, isTagged });
  }
}

type Tags = Readonly<Record<string, string>> | undefined;

/** The tag holds the token of the name, so that a name alone, or a tag alone, makes nothing ours. */
export function isOurs(name: string, tags: Tags, token: string | undefined): boolean {
  const tag = tags?.[TAG];
  if (tag === undefined || !/^[0-9a-f]{8}$/.test(tag)) return false;
  return name.startsWith(`${PREFIX}${tag}-`) && (token === undefined || token === tag);
}

/** How often an API is tried to be deleted before a person is asked to. */
const ATTEMPTS = 3;

/** What is left of an account's APIs of ours, with the command that deletes each. */
export interface Leftovers {
  readonly deleted: number;
  readonly left: readonly {
    readonly name: string;
    readonly command: string;
    readonly why: string;
  }[];
}

/**
 * Deletes all APIs of ours. HTTP and WebSocket APIs come first: they lead to the REST API.
 *
 * @param pauseMs between two attempts.
 * @throws whatever keeps it from looking.
 */
export async function deleteOwned(
  planes: ControlPlanes,
  token: string | undefined,
  pauseMs: number,
): Promise<Leftovers> {
  const why = new Map<string, string>();
  const found = new Set<string>();
  for (let attempt = 1; ; attempt++) {
    const owned = (await ownedApis(planes, token)).toSorted(
      (a, b) => Number(a.isRest) - Number(b.isRest),
    );
    for (const { id } of owned) found.add(id);
    if (owned.length === 0 || attempt > ATTEMPTS) {
      const left = owned.map((api) => ({
        name: api.name,
        command: commandFor(api, planes.region),
        why: why.get(api.id) ?? 'it is still listed',
      }));
      return { deleted: found.size - left.length, left };
    }
    if (attempt > 1) await sleep(pauseMs);
    for (const api of owned) {
      const failure = api.isTagged
        ? await remove(planes, api)
        : `it has lost its tag ${TAG}: look whether it is of this run`;
      if (failure !== undefined) why.set(api.id, failure);
    }
  }
}

async function remove(
  planes: ControlPlanes,
  { id, isRest }: OwnedApi,
): Promise<string | undefined> {
  try {
    if (isRest) await planes.rest.send(new DeleteRestApiCommand({ restApiId: id }));
    else await planes.v2.send(new DeleteApiCommand({ ApiId: id }));
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

function commandFor({ id, isRest }: OwnedApi, region: string): string {
  return isRest
    ? `aws apigateway delete-rest-api --rest-api-id ${id} --region ${region}`
    : `aws apigatewayv2 delete-api --api-id ${id} --region ${region}`;
}
