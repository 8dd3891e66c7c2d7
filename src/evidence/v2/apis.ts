import type { Api, ApiGatewayV2 } from '../../aws/api-gateway-v2.js';
import { AwsFailure } from '../../aws/failure.js';
import { nextToken, pages } from '../../aws/pages.js';
import type { ApiKind } from '../../model/api-kind.js';
import type { ApiDescription, Reading, Unreadable } from '../../model/evidence.js';
import type { FoundApi, ListedApi, Listing } from '../kind.js';
import { reading, unreadable } from '../reading.js';

/** The kinds of which the second version of API Gateway has the APIs. */
export type KindV2 = Exclude<ApiKind, 'REST'>;

/** Which HTTP and WebSocket APIs there are: both kinds are told by the same calls, which are made once. */
export interface ApisV2 {
  readonly list: (kind: KindV2) => Promise<Listing>;
  readonly find: (kind: KindV2, id: string) => Promise<FoundApi>;
  /** Whether the list, where it was read already, has the API. */
  readonly hasListed: (kind: KindV2, id: string) => boolean;
}

/**
 * Reads which APIs there are. One that is asked for by its id is read alone; where there may be several,
 * the whole list is one call for all of them.
 */
export function apisV2(
  apiGateway: Pick<ApiGatewayV2, 'getApi' | 'getApisPage'>,
  areSeveral: boolean,
): ApisV2 {
  let listed: Promise<Listed> | undefined;
  let kinds: ReadonlyMap<string | undefined, string | undefined> = new Map();
  const listAll = (): Promise<Listed> => {
    listed ??= readList(apiGateway).then((list) => {
      kinds = new Map(list.apis.map(({ ApiId, ProtocolType }) => [ApiId, ProtocolType]));
      return list;
    });
    return listed;
  };
  const read = new Map<string, Promise<Found>>();
  const readOne = async (id: string): Promise<Found> => {
    if (areSeveral) {
      const { apis, unreadable: gap } = await listAll();
      const api = apis.find(({ ApiId }) => ApiId === id);
      if (api !== undefined) return { api: { readable: true, value: api }, missing: null };
      if (gap === null) return { api: NOT_LISTED, missing: '' };
      // Who may not list them may still read this one.
    }
    return readApi(apiGateway, id);
  };
  const find = (id: string): Promise<Found> => {
    const found = read.get(id) ?? readOne(id);
    read.set(id, found);
    return found;
  };
  return {
    hasListed: (kind, id) => kinds.get(id) === kind,
    async list(kind) {
      const { apis, unreadable: gap } = await listAll();
      const ofKind = apis.filter(({ ProtocolType }) => ProtocolType === kind);
      return {
        apis: ofKind.map(
          (api): ListedApi => ({
            id: api.ApiId ?? '',
            known: { readable: true, value: describe(api) },
          }),
        ),
        unreadable: gap,
      };
    },
    async find(kind, id) {
      const { api, missing } = await find(id);
      if (!api.readable) return { description: api, missing };
      return api.value.ProtocolType === kind
        ? { description: { readable: true, value: describe(api.value) }, missing: null }
        : { description: NOT_LISTED, missing: '' };
    },
  };
}

interface Listed {
  readonly apis: readonly Api[];
  readonly unreadable: Unreadable | null;
}

interface Found {
  readonly api: Reading<Api>;
  readonly missing: string | null;
}

const NOT_LISTED = unreadable('GetApis', 'lists no such API', 'Check the id and the region.');

/** A statement on `/restapis` alone, which was enough for REST APIs, does not allow this. */
const OR_NARROW =
  'Or set api-types: REST, which leaves HTTP and WebSocket APIs out of the audit, open ones too.';

async function readList(apiGateway: Pick<ApiGatewayV2, 'getApisPage'>): Promise<Listed> {
  const apis = new Map<string | undefined, Api>();
  // What was listed before a page failed is judged all the same.
  const listing = await reading('GetApis', async () => {
    for await (const { items } of pages('GetApis', apiGateway.getApisPage, nextToken)) {
      for (const api of items) {
        checkApi('GetApis', api);
        apis.set(api.ApiId, api);
      }
    }
  });
  return {
    apis: [...apis.values()],
    unreadable: listing.readable ? null : withNarrowing(listing),
  };
}

/** Where the right is missing, the reader may not have meant these APIs at all. */
function withNarrowing(gap: Unreadable): Unreadable {
  if (!gap.remedy.startsWith('Allow it')) return gap;
  return { ...gap, remedy: `${gap.remedy} ${OR_NARROW}` };
}

async function readApi(apiGateway: Pick<ApiGatewayV2, 'getApi'>, id: string): Promise<Found> {
  let missing: string | null = null;
  const api = await reading('GetApi', async () => {
    try {
      const answer = await apiGateway.getApi(id);
      checkApi('GetApi', answer);
      return answer;
    } catch (error) {
      if (error instanceof AwsFailure && error.kind === 'not-found') missing = error.detail;
      throw error;
    }
  });
  return { api: api.readable ? api : withNarrowing(api), missing };
}

/** An API of a kind that the gate does not know would be left out without a word. */
function checkApi(operation: string, { ApiId, ProtocolType }: Api): void {
  if (ApiId === undefined || ApiId === '') {
    throw new AwsFailure(operation, new Error('an API came without its id'), 1);
  }
  if (ProtocolType !== 'HTTP' && ProtocolType !== 'WEBSOCKET') {
    const why = `API ${ApiId} has the protocol type ${ProtocolType ?? 'none'}, which the gate does not know`;
    throw new AwsFailure(operation, new Error(why), 1);
  }
}

function describe(api: Api): ApiDescription {
  return {
    name: api.Name || api.ApiId || '',
    // HTTP and WebSocket APIs have regional endpoints alone (API Gateway Developer Guide, "Choose between
    // REST APIs and HTTP APIs").
    endpointTypes: ['REGIONAL'],
    defaultEndpointDisabled: api.DisableExecuteApiEndpoint ?? false,
    tags: api.Tags ?? {},
    policy: null,
    status: null,
    statusMessage: null,
    v2: {
      endpoint: api.ApiEndpoint || null,
      answersCors: api.CorsConfiguration !== undefined,
      isManaged: api.ApiGatewayManaged ?? false,
    },
  };
}
