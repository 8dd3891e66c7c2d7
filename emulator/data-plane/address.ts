import { headerOf, type WireRequest } from '../http.js';
import type { AccountState, ApiState, BasePathMappingState, DomainNameState } from '../model.js';

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
  if (domain !== undefined) return mappedAddress(request.rawPath, domain, account);
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

/** What a host name of `execute-api` says; `undefined` for every other host. */
function namedBy(
  host: string,
  request: WireRequest,
): { apiId: string | undefined; region: string | undefined; vpce?: string } | undefined {
  const [, endpoint, endpointRegion] =
    /^(vpce-[a-z0-9]+)(?:-[a-z0-9-]+)?\.execute-api\.([a-z0-9-]+)\.vpce\.amazonaws\.com(?:\.cn)?$/.exec(
      host,
    ) ?? [];
  if (endpoint !== undefined)
    return { apiId: headerOf(request, 'x-apigw-api-id'), region: endpointRegion, vpce: endpoint };
  const [, apiId, vpce, region] =
    /^([a-z0-9]+)(?:-(vpce-[a-z0-9]+))?\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(
      host,
    ) ?? [];
  if (apiId === undefined) return undefined;
  return { apiId, region, ...(vpce === undefined ? {} : { vpce }) };
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
