import type { ApiGateway } from '../aws/api-gateway.js';
import type { ApiGatewayV2 } from '../aws/api-gateway-v2.js';
import { AwsFailure } from '../aws/failure.js';
import { nextPosition, pages } from '../aws/pages.js';
import { reading } from '../evidence/reading.js';
import type { Reading } from '../model/evidence.js';
import { withoutTrailingSlashes } from '../model/slashes.js';

/** A base path of a custom domain name, of one segment or several, and the stage that it leads to. */
export interface Mapping {
  /** Without slashes at its ends; `''` for the domain name itself. */
  readonly basePath: string;
  readonly apiId: string;
  /** `null` where the mapping leaves it to the path that callers write. */
  readonly stage: string | null;
}

/** A header that a routing rule asks for. */
export interface HeaderCondition {
  /** In lower case: names match in any case (API Gateway Developer Guide, "Match headers conditions"). */
  readonly name: string;
  /** `*` stands for anything. */
  readonly value: string;
}

/** A rule that leads requests to a stage before any base path does. */
export interface RoutingRule {
  readonly priority: number;
  /** All must hold; of one, any base path will do. */
  readonly basePaths: readonly (readonly string[])[];
  /** All must hold; of one, any header will do. */
  readonly headers: readonly (readonly HeaderCondition[])[];
  readonly apiId: string;
  readonly stage: string;
  /** Otherwise the API gets the base path as a part of the path. */
  readonly stripsBasePath: boolean;
}

/** A custom domain name, and all that decides where a request to it goes. */
export interface CustomDomain {
  readonly name: string;
  /** Callers must show a client certificate, which the gate has not. */
  readonly wantsClientCertificate: boolean;
  /** Answers inside a VPC alone. */
  readonly isPrivate: boolean;
  /** In the order in which they are looked at; empty where the domain name has none. Unreadable also
   *  where the mappings are: then nobody knows where the domain name leads. */
  readonly rules: Reading<readonly RoutingRule[]>;
  /** Empty where the domain name goes by its rules alone. */
  readonly mappings: readonly Mapping[];
}

/** What custom domain names are read with. */
export interface DomainReader {
  readonly apiGateway: Pick<
    ApiGateway,
    'getDomainNamesPage' | 'getBasePathMappingsPage' | 'getRoutingRulesPage'
  >;
  readonly apiGatewayV2: Pick<ApiGatewayV2, 'getApiMappingsPage'>;
}

type Domain = NonNullable<
  Awaited<ReturnType<DomainReader['apiGateway']['getDomainNamesPage']>>['items']
>[number];

type ApiMapping = Awaited<
  ReturnType<DomainReader['apiGatewayV2']['getApiMappingsPage']>
>['items'][number];

/** How the mappings of a domain name are read, and by which call. */
interface MappingReader {
  readonly call: string;
  readonly read: (name: string, of: DomainKind) => Promise<Mapping[]>;
}

/** What decides how a domain name's mappings are read. */
interface DomainKind {
  /** Of a private one. */
  readonly id: string | undefined;
  readonly mayHaveApiMappings: boolean;
}

/** Reads custom domain names; the list of them once, whatever it is read for. */
export interface CustomDomains {
  /** With the base path mappings of REST APIs, and with the API mappings that may come before them. */
  ofRestApis(): Promise<Reading<readonly CustomDomain[]>>;
  /** With the API mappings of all kinds of API, whose base paths may have several segments. */
  ofRoutes(): Promise<Reading<readonly CustomDomain[]>>;
}

/**
 * The region's custom domain names with their mappings and routing rules. The routing mode says which
 * of the two count, rules first (API Gateway Developer Guide, "Send traffic to your APIs through your
 * custom domain name"). HTTP and WebSocket APIs are led to by API mappings, which the second version of
 * the control plane has ("Use API mappings to connect API stages to a custom domain name for REST APIs").
 *
 * @param isWanted by name; the others are not looked into.
 */
export function customDomains(
  { apiGateway, apiGatewayV2 }: DomainReader,
  isWanted: (name: string) => boolean = () => true,
): CustomDomains {
  let listed: Promise<Domain[]> | undefined;
  const list = (): Promise<Domain[]> => {
    listed ??= pagesOf('GetDomainNames', (at) => apiGateway.getDomainNamesPage(at));
    return listed;
  };
  const ofDomains = new Map<string, Promise<ApiMapping[]>>();
  const listApiMappings = (name: string): Promise<ApiMapping[]> => {
    const mappings = ofDomains.get(name) ?? readApiMappings(apiGatewayV2, name);
    ofDomains.set(name, mappings);
    return mappings;
  };
  const readWith = (mappings: MappingReader): Promise<Reading<readonly CustomDomain[]>> =>
    reading('GetDomainNames', async () => {
      const domains: CustomDomain[] = [];
      for (const domain of await list()) {
        const { domainName: name } = domain;
        if (name === undefined || !isWanted(name)) continue;
        domains.push(await readDomain(name, domain, mappings, apiGateway));
      }
      return domains;
    });
  return {
    ofRestApis: () =>
      readWith({
        call: 'GetBasePathMappings',
        read: (name, of) => mappingsOfBoth(apiGateway, listApiMappings, name, of),
      }),
    ofRoutes: () =>
      readWith({
        call: 'GetApiMappings',
        read: async (name) => apiMappings(await listApiMappings(name)),
      }),
  };
}

async function readDomain(
  name: string,
  domain: Domain,
  { call, read }: MappingReader,
  apiGateway: DomainReader['apiGateway'],
): Promise<CustomDomain> {
  const { domainNameId, routingMode = 'BASE_PATH_MAPPING_ONLY' } = domain;
  const types: readonly string[] = domain.endpointConfiguration?.types ?? [];
  const isPrivate = types.includes('PRIVATE');
  // "The custom domain name must be a Regional custom domain name and must use the TLS 1.2 security policy"
  // (API Gateway Developer Guide, "Use API mappings to connect API stages to a custom domain name for REST APIs").
  const mayHaveApiMappings = !isPrivate && !types.includes('EDGE');
  const id = isPrivate ? domainNameId : undefined;
  const mappings =
    routingMode === 'ROUTING_RULE_ONLY'
      ? ({ readable: true, value: [] } as const)
      : await reading(call, () => read(name, { id, mayHaveApiMappings }));
  const rules: CustomDomain['rules'] =
    routingMode === 'BASE_PATH_MAPPING_ONLY'
      ? { readable: true, value: [] }
      : await readRules(apiGateway, name, id);
  return {
    name,
    wantsClientCertificate: domain.mutualTlsAuthentication !== undefined,
    isPrivate,
    // Without its mappings nobody can tell either where a request goes that no rule takes.
    rules: mappings.readable ? rules : mappings,
    mappings: mappings.readable ? mappings.value : [],
  };
}

/** "Specify '(none)' for a mapping without base path" (API Gateway API Reference, BasePathMapping). */
const NONE = '(none)';

async function basePathMappings(
  apiGateway: DomainReader['apiGateway'],
  name: string,
  id: string | undefined,
): Promise<Mapping[]> {
  const mappings = await pagesOf('GetBasePathMappings', (at) =>
    apiGateway.getBasePathMappingsPage(name, id, at),
  );
  return mappings.flatMap(({ restApiId, basePath, stage }) =>
    restApiId === undefined
      ? []
      : [
          {
            basePath: basePath === undefined || basePath === NONE ? '' : trimmed(basePath),
            apiId: restApiId,
            stage: stage === undefined || stage === NONE ? null : stage,
          },
        ],
  );
}

/**
 * The mappings of both versions of the control plane. A base path of several segments, and one of an HTTP
 * API, can be made by the second version alone; whether the first one lists it, nobody has written down. It
 * takes the requests below it in either case.
 */
async function mappingsOfBoth(
  apiGateway: DomainReader['apiGateway'],
  listApiMappings: (name: string) => Promise<ApiMapping[]>,
  name: string,
  { id, mayHaveApiMappings }: DomainKind,
): Promise<Mapping[]> {
  const listed = await basePathMappings(apiGateway, name, id);
  if (!mayHaveApiMappings) return listed;
  return [...listed, ...apiMappings(await listApiMappings(name), listed)];
}

/**
 * Source: API Gateway V2 API Reference, ApiMapping; its key is absent where the whole domain name is meant.
 *
 * @param known need not be told once more: a mapping without a stage is of the first version alone.
 */
function apiMappings(listed: readonly ApiMapping[], known: readonly Mapping[] = []): Mapping[] {
  return listed.flatMap(({ ApiId, ApiMappingKey, Stage }) => {
    const isWhole = ApiMappingKey === undefined || ApiMappingKey === NONE;
    const basePath = isWhole ? '' : trimmed(ApiMappingKey);
    if (known.some((it) => it.basePath === basePath)) return [];
    if (ApiId === undefined || Stage === undefined) {
      throw new AwsFailure('GetApiMappings', new Error('a mapping names no API or no stage'), 1);
    }
    return [{ basePath, apiId: ApiId, stage: Stage }];
  });
}

async function readApiMappings(
  apiGatewayV2: DomainReader['apiGatewayV2'],
  name: string,
): Promise<ApiMapping[]> {
  const found: ApiMapping[] = [];
  const all = pages(
    'GetApiMappings',
    (token) => apiGatewayV2.getApiMappingsPage(name, token),
    ({ nextToken }) => nextToken,
  );
  for await (const { items } of all) found.push(...items);
  return found;
}

function readRules(
  apiGateway: DomainReader['apiGateway'],
  name: string,
  id: string | undefined,
): Promise<Reading<readonly RoutingRule[]>> {
  return reading('ListRoutingRules', async () => {
    const rules = await pagesOf('ListRoutingRules', (at) =>
      apiGateway.getRoutingRulesPage(name, id, at),
    );
    return rules
      .map(({ Priority, Actions = [], Conditions = [] }): RoutingRule => {
        const [action] = Actions;
        const { ApiId: apiId, Stage: stage, StripBasePath } = action?.InvokeApi ?? {};
        if (Priority === undefined || apiId === undefined || stage === undefined) {
          throw new AwsFailure(
            'ListRoutingRules',
            new Error('a rule has no priority, or does not invoke an API'),
            1,
          );
        }
        if (Conditions.some((it) => !it.MatchBasePaths === !it.MatchHeaders)) {
          throw new AwsFailure(
            'ListRoutingRules',
            new Error('a rule has a condition that is neither on base paths nor on headers'),
            1,
          );
        }
        return {
          priority: Priority,
          basePaths: Conditions.flatMap(({ MatchBasePaths: match }) =>
            match === undefined ? [] : [(match.AnyOf ?? []).map(trimmed)],
          ),
          headers: Conditions.flatMap(({ MatchHeaders: match }) =>
            match === undefined
              ? []
              : [
                  (match.AnyOf ?? []).map(({ Header = '', ValueGlob = '' }) => ({
                    name: Header.toLowerCase(),
                    value: ValueGlob,
                  })),
                ],
          ),
          apiId,
          stage,
          stripsBasePath: StripBasePath ?? false,
        };
      })
      .toSorted((a, b) => a.priority - b.priority);
  });
}

function trimmed(basePath: string): string {
  return withoutTrailingSlashes(basePath.replace(/^\/+/, ''));
}

async function pagesOf<T>(
  operation: string,
  pageAt: (position: string | undefined) => Promise<{
    readonly items?: T[] | undefined;
    readonly position?: string | undefined;
  }>,
): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages(operation, pageAt, nextPosition)) {
    // Without a list nothing is found, and a stage without address is incomplete, never a pass.
    items.push(...(page.items ?? []));
  }
  return items;
}
