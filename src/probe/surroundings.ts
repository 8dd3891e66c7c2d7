import type { ApiGateway } from '../aws/api-gateway.js';
import { type ApiEvidence, nameOf, type Reading } from '../model/evidence.js';
import { type CustomDomain, type DomainReader, readCustomDomains } from './custom-domains.js';
import { baseUrlOf, hostnameOf } from './endpoint.js';
import {
  type GatewayResponses,
  NO_GATEWAY_RESPONSES,
  readGatewayResponses,
} from './gateway-responses.js';
import {
  isCustomDomain,
  isDefaultDisabled,
  locate,
  type Place,
  type Whereabouts,
} from './locate.js';

/** What the smoke test must know of the APIs that it asks, besides the evidence. */
export interface Surroundings {
  readonly whereabouts: (api: ApiEvidence, stage: string) => Whereabouts;
  readonly gatewayResponses: (apiId: string) => GatewayResponses;
  /** What could not be read, in sentences for the report. */
  readonly notes: readonly string[];
}

/**
 * Reads what the smoke test needs: for each API that is asked its gateway responses, one call each;
 * and the region's custom domain names where an API's default endpoint is disabled, or
 * `endpoint-url` names one of them.
 *
 * @param apis those that have something to be asked.
 */
export async function readSurroundings(
  apis: readonly ApiEvidence[],
  place: Place,
  apiGateway: DomainReader & Pick<ApiGateway, 'getGatewayResponses'>,
): Promise<Surroundings> {
  const none: Reading<readonly CustomDomain[]> = { readable: true, value: [] };
  const hosts = hostsOf(apis, place);
  // A wildcard is no address by itself, but may be what a given one goes by.
  const isWanted = (name: string): boolean =>
    name.startsWith('*') ? hosts !== null : (hosts?.has(name.toLowerCase()) ?? true);
  const [domains, ...responses] = await Promise.all([
    apis.some((api) => dependsOnDomains(api, place))
      ? readCustomDomains(apiGateway, isWanted)
      : none,
    ...apis.map((api) => readGatewayResponses(apiGateway, api.id)),
  ]);
  const byApi = new Map(apis.map(({ id }, index) => [id, responses[index]]));
  return {
    whereabouts: (api, stage) => locate(api, stage, place, domains),
    gatewayResponses: (apiId) => byApi.get(apiId) ?? NO_GATEWAY_RESPONSES,
    notes: [
      ...noteOnDomains(domains, place),
      ...apis.flatMap((api) => noteOnResponses(api, byApi.get(api.id))),
    ],
  };
}

/** Whether custom domain names decide where an API is asked. */
export function dependsOnDomains(api: ApiEvidence, { region, endpointUrl }: Place): boolean {
  if (endpointUrl === null) return isDefaultDisabled(api);
  return isCustomDomain(baseUrlOf({ apiId: api.id, stage: 'x', region }, endpointUrl));
}

/** The names that `endpoint-url` stands for; `null` where it is not given. */
function hostsOf(
  apis: readonly ApiEvidence[],
  { region, endpointUrl }: Place,
): ReadonlySet<string> | null {
  if (endpointUrl === null) return null;
  return new Set(
    apis.flatMap((api) => {
      const stages = api.stages.readable ? api.stages.value : [];
      return stages.map(({ name }) =>
        hostnameOf(baseUrlOf({ apiId: api.id, stage: name, region }, endpointUrl)),
      );
    }),
  );
}

function noteOnDomains(
  domains: Reading<readonly CustomDomain[]>,
  { endpointUrl }: Place,
): string[] {
  if (domains.readable || endpointUrl === null) return [];
  return [
    `Where endpoint-url leads could not be checked: ${domains.call} ${domains.reason}. ${domains.remedy}`,
  ];
}

function noteOnResponses(api: ApiEvidence, responses: GatewayResponses | undefined): string[] {
  if (responses === undefined || responses.readable) return [];
  return [
    `The gateway responses of ${nameOf(api)} (${api.id}) could not be read, so that errors with a status of their own prove nothing: ${responses.call} ${responses.reason}. ${responses.remedy}`,
  ];
}
