import { hostOf, type Place, placeOf } from '../../data-plane/address.js';
import type { WireRequest } from '../../http.js';
import type { AccountState } from '../../model.js';
import type { V2ApiState } from '../model.js';

/** What a request's URL names of an HTTP or WebSocket API. */
export interface V2Address {
  readonly api: V2ApiState;
  /** `undefined` where the path leads to no stage. */
  readonly stageName: string | undefined;
  /** The path below the stage as sent, beginning with `/`. */
  readonly path: string;
  readonly isCustomDomain: boolean;
}

/**
 * Reads API, stage and path of a request to an HTTP or WebSocket API. Of an HTTP API a path that begins
 * with a stage's name is of that stage, every other of the stage `$default`, without a prefix (API
 * Gateway developer guide, "Stages for HTTP APIs in API Gateway").
 *
 * @returns `unmapped` for a path of a domain name with such APIs that no mapping has; `undefined`
 *   where no API of these kinds answers.
 */
export function v2AddressOf(
  request: WireRequest,
  account: AccountState,
): V2Address | 'unmapped' | undefined {
  const place = placeOf(request, account);
  if (place === undefined) return isV2Domain(request, account) ? 'unmapped' : undefined;
  const api = account.v2.apis.get(place.apiId);
  return api && { api, isCustomDomain: place.isCustomDomain, ...stageOf(api, place) };
}

function isV2Domain(request: WireRequest, { domainNames, v2 }: AccountState): boolean {
  const domain = domainNames.get(hostOf(request));
  return domain?.mappings.some(({ apiId }) => v2.apis.has(apiId)) === true;
}

function stageOf(api: V2ApiState, { stage, below }: Place): Pick<V2Address, 'stageName' | 'path'> {
  if (stage !== undefined) return { stageName: stage, path: below };
  const [, first = '', ...rest] = below.split('/');
  if (first !== '$default' && api.stages.has(first))
    return { stageName: first, path: `/${rest.join('/')}` };
  return api.stages.has('$default')
    ? { stageName: '$default', path: below }
    : { stageName: undefined, path: below };
}
