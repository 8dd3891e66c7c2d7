import type { ApiGateway } from '../aws/api-gateway.js';
import type { ApiGatewayV2 } from '../aws/api-gateway-v2.js';
import { AwsFailure } from '../aws/failure.js';
import { nextPosition, pages } from '../aws/pages.js';
import { reading, unreadable } from '../evidence/reading.js';
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

/**
 * The region's custom domain names with their mappings and routing rules. The routing mode says which
 * of the two count, rules first (API Gateway Developer Guide, "Send traffic to your APIs through your
 * custom domain name"). Each version of the control plane has mappings of its own, and one domain name may
 * lead to APIs of every kind ("Use API mappings to connect API stages to a custom domain name").
 *
 * @param isWanted by name; the others are not looked into.
 */
export function readCustomDomains(
  { apiGateway, apiGatewayV2 }: DomainReader,
  isWanted: (name: string) => boolean = () => true,
): Promise<Reading<readonly CustomDomain[]>> {
  return reading('GetDomainNames', async () => {
    const domains: CustomDomain[] = [];
    const listed = await pagesOf('GetDomainNames', (at) => apiGateway.getDomainNamesPage(at));
    for (const domain of listed) {
      const { domainName: name } = domain;
      if (name === undefined || !isWanted(name)) continue;
      domains.push(await readDomain(name, domain, { apiGateway, apiGatewayV2 }));
    }
    return domains;
  });
}

/** Which of them a domain name goes by, rules first. */
interface Routing {
  readonly byRules: boolean;
  readonly byMappings: boolean;
}

const MAPPINGS_ALONE: Routing = { byRules: false, byMappings: true };
const RULES_FIRST: Routing = { byRules: true, byMappings: true };

/** By the names of both versions of the control plane (service models, RoutingMode). */
const ROUTING: ReadonlyMap<string, Routing> = new Map([
  ['BASE_PATH_MAPPING_ONLY', MAPPINGS_ALONE],
  ['API_MAPPING_ONLY', MAPPINGS_ALONE],
  ['ROUTING_RULE_ONLY', { byRules: true, byMappings: false }],
  ['ROUTING_RULE_THEN_BASE_PATH_MAPPING', RULES_FIRST],
  ['ROUTING_RULE_THEN_API_MAPPING', RULES_FIRST],
]);

/** Types of a domain name that has no API mappings. */
const WITHOUT_API_MAPPINGS: readonly string[] = ['EDGE', 'PRIVATE'];

async function readDomain(
  name: string,
  domain: Domain,
  reader: DomainReader,
): Promise<CustomDomain> {
  const { domainNameId, routingMode = 'BASE_PATH_MAPPING_ONLY' } = domain;
  const types: readonly string[] = domain.endpointConfiguration?.types ?? [];
  const isPrivate = types.includes('PRIVATE');
  const known = {
    name,
    wantsClientCertificate: domain.mutualTlsAuthentication !== undefined,
    isPrivate,
  };
  const routing = ROUTING.get(routingMode);
  if (routing === undefined) {
    const why = `returned the routing mode ${routingMode} of ${name}, which the gate does not know`;
    const rules = unreadable('GetDomainNames', why, 'Open an issue with this message.');
    return { ...known, rules, mappings: [] };
  }
  // "The custom domain name must be a Regional custom domain name and must use the TLS 1.2 security policy"
  // (API Gateway Developer Guide, "Use API mappings to connect API stages to a custom domain name for REST
  // APIs"). While one is migrated it has both types ("Migrate a custom domain name to a different API endpoint
  // type").
  const mayHaveApiMappings =
    types.length === 0 || types.some((type) => !WITHOUT_API_MAPPINGS.includes(type));
  const id = isPrivate ? domainNameId : undefined;
  const mappings: Reading<readonly Mapping[]> = routing.byMappings
    ? await reading('GetBasePathMappings', () => readMappings(reader, name, id, mayHaveApiMappings))
    : { readable: true, value: [] };
  const rules: CustomDomain['rules'] = routing.byRules
    ? await readRules(reader.apiGateway, name, id)
    : { readable: true, value: [] };
  return {
    ...known,
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
 * The mappings of both versions of the control plane. Whether either of them lists those of the other, nobody
 * has written down; each takes the requests below it in either case.
 */
async function readMappings(
  { apiGateway, apiGatewayV2 }: DomainReader,
  name: string,
  id: string | undefined,
  mayHaveApiMappings: boolean,
): Promise<Mapping[]> {
  const listed = await basePathMappings(apiGateway, name, id);
  return mayHaveApiMappings
    ? mappingsOfBoth(listed, await readApiMappings(apiGatewayV2, name))
    : listed;
}

/**
 * Joins what the two versions tell, each mapping once. Where they differ on a base path, both are possible.
 * Source: API Gateway V2 API Reference, ApiMapping, which must have a stage when it is made; its key is absent
 * where the whole domain name is meant.
 *
 * @param first by the first version, where a mapping may have no stage.
 */
export function mappingsOfBoth(
  first: readonly Mapping[],
  second: readonly ApiMapping[],
): Mapping[] {
  let joined = [...first];
  for (const { ApiId: apiId, ApiMappingKey: key, Stage } of second) {
    const basePath = key === undefined || key === NONE ? '' : trimmed(key);
    const stage = Stage === undefined || Stage === '' || Stage === NONE ? null : Stage;
    const known = first.filter((it) => it.basePath === basePath);
    const isTold = known.some(
      (it) => (apiId ?? it.apiId) === it.apiId && (stage ?? it.stage) === it.stage,
    );
    if (isTold) continue;
    if (apiId === undefined || stage === null) {
      throw new AwsFailure('GetApiMappings', new Error('a mapping names no API or no stage'), 1);
    }
    // The stage that one version names is the one that the other kept to itself.
    joined = joined.filter(
      (it) => it.basePath !== basePath || it.apiId !== apiId || it.stage !== null,
    );
    joined.push({ basePath, apiId, stage });
  }
  return joined;
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
