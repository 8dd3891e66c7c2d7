import { headerOf, type WireRequest } from '../http.js';
import type { AccountState, ApiState, BasePathMappingState, DomainNameState } from '../model.js';
import { ruledAddress } from './routing-rules.js';

/** What a request's URL names. */
export interface Address {
  readonly api: ApiState;
  readonly stageName: string;
  /** The path below the stage as sent, beginning with `/`. */
  readonly path: string;
  /** The VPC endpoint that the request came through. */
  readonly sourceVpce?: string;
  /** Came by a custom domain name, which stays open when the default endpoint is disabled. */
  readonly isCustomDomain: boolean;
}

/**
 * Reads API, stage and path from `{api}.execute-api.{region}.amazonaws.com/{stage}/path` (Host
 * header), from the base path mapping of a custom domain name, or, for every other host, from
 * `/{api}/{stage}/path`, which AWS has not.
 *
 * A private API is reached through a VPC endpoint: by its own name where requests come through
 * `sourceVpce`, by `{api}-{vpce}.execute-api.…`, or by the endpoint's name
 * `{vpce}[-…].execute-api.{region}.vpce.amazonaws.com` with the API in `x-apigw-api-id`. An endpoint
 * that the account has not is none.
 *
 * @param sourceVpce the endpoint that every request comes through
 * @returns `undefined` where no API of this account and region answers to the name.
 *
 * Source: AWS docs, "Invoke REST APIs in API Gateway"; China's suffix from "Amazon API Gateway
 * endpoints and quotas in Amazon Web Services China"; of private names "Invoke a private API".
 */
export function addressOf(
  request: WireRequest,
  account: AccountState,
  sourceVpce?: string,
): Address | undefined {
  const place = placeOf(request, account);
  const api = place && account.apis.get(place.apiId);
  if (place === undefined || api === undefined) return undefined;
  if (place.isCustomDomain) return { api, ...stageAndPath(place), isCustomDomain: true };
  const vpce = place.vpce ?? sourceVpce;
  return {
    api,
    ...stageAndPath(place),
    isCustomDomain: false,
    ...(vpce !== undefined && account.vpcEndpoints.has(vpce) ? { sourceVpce: vpce } : {}),
  };
}

/** The API that a request's URL names, of whichever kind it is. */
export interface Place {
  readonly apiId: string;
  /** Where a mapping or a rule names it; otherwise it is in the path. */
  readonly stage?: string;
  /** The path below the API, as sent, beginning with `/`. */
  readonly below: string;
  readonly vpce?: string;
  readonly isCustomDomain: boolean;
}

/** Where a request's URL leads; `undefined` where its host, or its path, names no API. */
export function placeOf(request: WireRequest, account: AccountState): Place | undefined {
  const host = hostOf(request);
  const domain = account.domainNames.get(host);
  if (domain !== undefined) return domainPlace(request, domain);
  const segments = request.rawPath.split('/').slice(1);
  const named = namedBy(host, request);
  const apiId = named === undefined ? segments.shift() : named.apiId;
  if (apiId === undefined || (named !== undefined && named.region !== account.region))
    return undefined;
  const vpce = named?.vpce;
  return {
    apiId,
    below: `/${segments.join('/')}`,
    isCustomDomain: false,
    ...(vpce === undefined ? {} : { vpce }),
  };
}

/** The host that a request names, without its port. */
export function hostOf(request: WireRequest): string {
  return (headerOf(request, 'host') ?? '').toLowerCase().replace(/:\d+$/, '');
}

function stageAndPath({ stage, below }: Place): { stageName: string; path: string } {
  if (stage !== undefined) return { stageName: stage, path: below };
  const [, stageName = '', ...rest] = below.split('/');
  return { stageName, path: `/${rest.join('/')}` };
}

/** The id of the API that a request's URL names, by its host or its path, of whatever account it is. */
export function apiIdOf(request: WireRequest): string | undefined {
  const named = namedBy(hostOf(request), request);
  return named === undefined ? request.rawPath.split('/')[1] : named.apiId;
}

/**
 * Ends of host names by partition: for IPv4, then for both versions of IP (the SDKs' partitions.json).
 */
const SUFFIXES: ReadonlySet<string> = new Set([
  ...['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'c2s.ic.gov', 'sc2s.sgov.gov'],
  ...['api.aws', 'api.amazonwebservices.com.cn', 'api.amazonwebservices.eu', 'api.aws.ic.gov'],
]);

/** What a host name of `execute-api` says; `undefined` for every other host. */
function namedBy(
  host: string,
  request: WireRequest,
): { apiId: string | undefined; region: string | undefined; vpce?: string } | undefined {
  const [, endpoint, endpointRegion, endpointSuffix] =
    /^(vpce-[a-z0-9]+)(?:-[a-z0-9-]+)?\.execute-api(?:-fips)?\.([a-z0-9-]+)\.vpce\.(.+)$/.exec(
      host,
    ) ?? [];
  if (endpoint !== undefined && SUFFIXES.has(endpointSuffix ?? ''))
    return { apiId: headerOf(request, 'x-apigw-api-id'), region: endpointRegion, vpce: endpoint };
  const [, apiId, vpce, region, suffix] =
    /^([a-z0-9]+)(?:-(vpce-[a-z0-9]+))?\.execute-api(?:-fips)?\.([a-z0-9-]+)\.(.+)$/.exec(host) ??
    [];
  if (apiId === undefined || !SUFFIXES.has(suffix ?? '')) return undefined;
  return { apiId, region, ...(vpce === undefined ? {} : { vpce }) };
}

/**
 * Where a custom domain name leads a request: by its routing rules, by its base path mappings, or by
 * the ones before the others.
 *
 * Source: API Gateway Developer Guide, "Send traffic to your APIs through your custom domain name".
 */
function domainPlace(request: WireRequest, domain: DomainNameState): Place | undefined {
  const { routingMode = 'BASE_PATH_MAPPING_ONLY' } = domain;
  const ruled =
    routingMode === 'BASE_PATH_MAPPING_ONLY' ? undefined : ruledAddress(request, domain);
  if (ruled !== undefined)
    return { apiId: ruled.apiId, stage: ruled.stage, below: ruled.path, isCustomDomain: true };
  return routingMode === 'ROUTING_RULE_ONLY' ? undefined : mappedPlace(request.rawPath, domain);
}

/**
 * The stage that a path of a custom domain name leads to: by the longest base path that it begins
 * with, then by `(none)`. A mapping without stage takes it from the path.
 *
 * Source: API Gateway Developer Guide, "Use API mappings to connect API stages to a custom domain name".
 */
function mappedPlace(rawPath: string, domain: DomainNameState): Place | undefined {
  const byLength = domain.mappings.toSorted((a, b) => partOf(b).length - partOf(a).length);
  const mapping = byLength.find((it) => `${rawPath}/`.startsWith(`${partOf(it)}/`));
  if (mapping === undefined) return undefined;
  const { apiId, stage } = mapping;
  return {
    apiId,
    ...(stage === undefined ? {} : { stage }),
    below: rawPath.slice(partOf(mapping).length) || '/',
    isCustomDomain: true,
  };
}

/** `/orders`, or nothing for the domain name itself. */
function partOf({ basePath }: BasePathMappingState): string {
  return basePath === '(none)' ? '' : `/${basePath}`;
}
