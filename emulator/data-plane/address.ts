import { headerOf, type WireRequest } from '../http.js';
import type { AccountState, ApiState } from '../model.js';

/** What a request's URL names. */
export interface Address {
  readonly api: ApiState;
  readonly stageName: string;
  /** The path below the stage as sent, beginning with `/`. */
  readonly path: string;
  /** The VPC endpoint that the request came through. */
  readonly sourceVpce?: string;
}

/**
 * Reads API, stage and path from `{api}.execute-api.{region}.amazonaws.com/{stage}/path` (Host
 * header), or, for every other host, from `/{api}/{stage}/path`, which AWS has not.
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
