import type { ApiGateway } from '../aws/api-gateway.js';
import { type ApiEvidence, nameOf, type Reading } from '../evidence/model.js';
import { addressAmong, type MappedStage, readCustomDomains } from './custom-domains.js';
import { baseUrlOf, invokeUrlOf, isDefaultEndpoint, isLocal } from './endpoint.js';
import {
  type GatewayResponses,
  NO_GATEWAY_RESPONSES,
  readGatewayResponses,
} from './gateway-responses.js';

/** Where a stage is asked, or why it cannot be. */
export type Whereabouts =
  | {
      readonly baseUrl: string;
      /** The default endpoint, where it is open besides; `null` where it is not, or is asked already. */
      readonly defaultUrl: string | null;
    }
  | { readonly unavailable: string; readonly remedy: string };

/** What the smoke test must know of the APIs that it asks, besides the evidence. */
export interface Surroundings {
  readonly whereabouts: (api: ApiEvidence, stage: string) => Whereabouts;
  readonly gatewayResponses: (apiId: string) => GatewayResponses;
  /** What could not be read, in sentences for the report. */
  readonly notes: readonly string[];
}

/** What decides where stages are asked. */
export interface Place {
  readonly region: string;
  readonly endpointUrl: string | null;
}

/**
 * Reads what the smoke test needs: for each API that is asked its gateway responses, one call each;
 * and the region's custom domain names where an API's default endpoint is disabled and no
 * `endpoint-url` names another.
 *
 * @param apis those that have something to be asked.
 */
export async function readSurroundings(
  apis: readonly ApiEvidence[],
  place: Place,
  apiGateway: Pick<
    ApiGateway,
    'getGatewayResponses' | 'getDomainNamesPage' | 'getBasePathMappingsPage'
  >,
): Promise<Surroundings> {
  const wantsDomains = place.endpointUrl === null && apis.some(isDefaultDisabled);
  const none: Reading<readonly MappedStage[]> = { readable: true, value: [] };
  const [domains, ...responses] = await Promise.all([
    wantsDomains ? readCustomDomains(apiGateway) : none,
    ...apis.map((api) => readGatewayResponses(apiGateway, api.id)),
  ]);
  const byApi = new Map(apis.map(({ id }, index) => [id, responses[index]]));
  return {
    whereabouts: (api, stage) => locate(api, stage, place, domains),
    gatewayResponses: (apiId) => byApi.get(apiId) ?? NO_GATEWAY_RESPONSES,
    notes: apis.flatMap((api) => noteOn(api, byApi.get(api.id))),
  };
}

function noteOn(api: ApiEvidence, responses: GatewayResponses | undefined): string[] {
  if (responses === undefined || responses.readable) return [];
  return [
    `The gateway responses of ${nameOf(api)} (${api.id}) could not be read, so that errors with a status of their own prove nothing: ${responses.call} ${responses.reason}. ${responses.remedy}`,
  ];
}

function isDefaultDisabled({ description }: ApiEvidence): boolean {
  return description.readable && description.value.defaultEndpointDisabled;
}

/** Whether an API answers inside VPCs alone. */
export function isPrivate({ description }: ApiEvidence): boolean {
  return description.readable && description.value.endpointTypes.includes('PRIVATE');
}

function locate(
  api: ApiEvidence,
  stage: string,
  { region, endpointUrl }: Place,
  domains: Reading<readonly MappedStage[]>,
): Whereabouts {
  const address = { apiId: api.id, stage, region };
  if (endpointUrl !== null) {
    const baseUrl = baseUrlOf(address, endpointUrl);
    const isAlone = isDefaultEndpoint(baseUrl) || isLocal(baseUrl) || !api.description.readable;
    const isOpen = !isAlone && !isDefaultDisabled(api) && !isPrivate(api);
    return { baseUrl, defaultUrl: isOpen ? invokeUrlOf(address) : null };
  }
  if (!isDefaultDisabled(api)) return { baseUrl: invokeUrlOf(address), defaultUrl: null };
  if (!domains.readable) {
    return {
      unavailable: `the default endpoint is disabled, and custom domain names could not be read: ${domains.call} ${domains.reason}`,
      remedy: `${domains.remedy} Or set endpoint-url to the custom domain that serves the stage.`,
    };
  }
  const baseUrl = addressAmong(domains.value, api.id, stage);
  if (baseUrl !== null) return { baseUrl, defaultUrl: null };
  return {
    unavailable:
      'the default endpoint is disabled, and no base path mapping of a custom domain name leads to the stage',
    remedy: 'Set endpoint-url to the custom domain that serves the stage, or smoke-test: false.',
  };
}
