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
  const host = (headerOf(request, 'host') ?? '').toLowerCase().replace(/:\d+$/, '');
  const domain = account.domainNames.get(host);
  if (domain !== undefined) return domainAddress(request, domain, account);
  const segments = request.rawPath.split('/').slice(1);
  const named = namedBy(host, request);
  const apiId = named === undefined ? segments.shift() : named.apiId;
  if (apiId === undefined || (named !== undefined && named.region !== account.region))
    return undefined;
  const api = account.apis.get(apiId);
  if (api === undefined) return undefined;
  const [stageName = '', ...rest] = segments;
  const vpce = named?.vpce ?? sourceVpce;
  return {
    api,
    stageName,
    path: `/${rest.join('/')}`,
    isCustomDomain: false,
    ...(vpce !== undefined && account.vpcEndpoints.has(vpce) ? { sourceVpce: vpce } : {}),
  };
}

/** The id of the API that a request's URL names, by its host or its path, of whatever account it is. */
export function apiIdOf(request: WireRequest): string | undefined {
  const host = (headerOf(request, 'host') ?? '').toLowerCase().replace(/:\d+$/, '');
  const named = namedBy(host, request);
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
function domainAddress(
  request: WireRequest,
  domain: DomainNameState,
  account: AccountState,
): Address | undefined {
  const { routingMode = 'BASE_PATH_MAPPING_ONLY' } = domain;
  const ruled =
    routingMode === 'BASE_PATH_MAPPING_ONLY' ? undefined : ruledAddress(request, domain);
  if (ruled !== undefined) {
    const api = account.apis.get(ruled.apiId);
    if (api === undefined) return undefined;
    return { api, stageName: ruled.stage, path: ruled.path, isCustomDomain: true };
  }
  return routingMode === 'ROUTING_RULE_ONLY'
    ? undefined
    : mappedAddress(request.rawPath, domain, account);
}

/**
 * The stage that a path of a custom domain name leads to: by the longest base path that it begins
 * with, then by `(none)`. A mapping without stage takes it from the path.
 *
 * Source: API Gateway Developer Guide, "Use API mappings to connect API stages to a custom domain name".
 */
function mappedAddress(
  rawPath: string,
  domain: DomainNameState,
  account: AccountState,
): Address | undefined {
  const byLength = domain.mappings.toSorted((a, b) => partOf(b).length - partOf(a).length);
  const mapping = byLength.find((it) => `${rawPath}/`.startsWith(`${partOf(it)}/`));
  const api = mapping && account.apis.get(mapping.apiId);
  if (mapping === undefined || api === undefined) return undefined;
  const below = rawPath.slice(partOf(mapping).length) || '/';
  if (mapping.stage !== undefined) {
    return { api, stageName: mapping.stage, path: below, isCustomDomain: true };
  }
  const [, stageName = '', ...rest] = below.split('/');
  return { api, stageName, path: `/${rest.join('/')}`, isCustomDomain: true };
}

/** `/orders`, or nothing for the domain name itself. */
function partOf({ basePath }: BasePathMappingState): string {
  return basePath === '(none)' ? '' : `/${basePath}`;
}
