import { headerOf, type WireRequest } from '../http.js';
import type { AccountState, ApiState } from '../model.js';

/** What a request's URL names. */
export interface Address {
  readonly api: ApiState;
  readonly stageName: string;
  /** The path below the stage as sent, beginning with `/`. */
  readonly path: string;
}

/**
 * Reads API, stage and path from `{api}.execute-api.{region}.amazonaws.com/{stage}/path` (Host
 * header), or, for every other host, from `/{api}/{stage}/path`, which AWS has not.
 *
 * @returns `undefined` where no API of this account and region answers to the name.
 *
 * Source: AWS docs, "Invoke REST APIs in API Gateway"; China's suffix from "Amazon API Gateway
 * endpoints and quotas in Amazon Web Services China".
 */
export function addressOf(request: WireRequest, account: AccountState): Address | undefined {
  const host = (headerOf(request, 'host') ?? '').toLowerCase().replace(/:\d+$/, '');
  const execute = /^([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(host);
  const segments = request.rawPath.split('/').slice(1);
  const apiId = execute === null ? segments.shift() : execute[1];
  if (apiId === undefined || (execute !== null && execute[2] !== account.region)) return undefined;
  const api = account.apis.get(apiId);
  if (api === undefined) return undefined;
  const [stageName = '', ...rest] = segments;
  return { api, stageName, path: `/${rest.join('/')}` };
}
