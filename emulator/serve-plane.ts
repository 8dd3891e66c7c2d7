import { serveAccountManagement } from './account-management/serve.js';
import { serveCloudFormation } from './cloudformation/serve.js';
import { ServiceError } from './control-plane/errors.js';
import { refused, serveControl } from './control-plane/serve.js';
import { serveInvocation } from './data-plane/serve.js';
import type { Estate, Place } from './estate/estate.js';
import type { FaultEffect } from './faults.js';
import { ApisOnRequest } from './fleet/apis-on-request.js';
import type { WireRequest, WireResponse } from './http.js';
import { serveIam } from './iam/serve.js';
import type { Ids } from './ids.js';
import type { EmulatorOptions } from './options.js';
import { serveOrganizations } from './organizations/serve.js';
import { serveSts } from './sts/serve.js';
import { isMutating, type Target } from './target.js';
import { v2AddressOf } from './v2/data/address.js';
import { serveHttpApi, unmapped } from './v2/data/serve-http.js';
import { serveWebSocketApi } from './v2/data/serve-websocket.js';

/** What the services share. */
export interface PlaneContext {
  readonly options: EmulatorOptions;
  readonly estate: Estate | undefined;
  readonly ids: Ids;
  readonly nowMs: number;
  /** `0 <= n < 1`, decides which requests a canary gets. */
  readonly random: () => number;
}

/** What the service says that a request is for. */
export async function servePlane(
  request: WireRequest,
  target: Target,
  { account, quotas }: Place,
  effect: FaultEffect | undefined,
  { options, estate, ids, nowMs, random }: PlaneContext,
): Promise<WireResponse> {
  const { issuers = [], sessionMs } = options;
  const organization = estate?.organization;
  if (target.plane === 'sts')
    return serveSts(request, { account, estate, issuers, sessionMs, ids, nowMs });
  if (target.plane === 'iam') return serveIam(request, { account, ids, nowMs });
  if (target.plane === 'cloudformation')
    return serveCloudFormation(request, { account, ids, nowMs });
  if (target.plane === 'organizations')
    return serveOrganizations(request, target.operation, { account, organization, ids, nowMs });
  if (target.plane === 'account')
    return serveAccountManagement(request, target.operation, {
      account,
      organization,
      ids,
      nowMs,
    });
  const address = target.plane === 'data' ? v2AddressOf(request, account) : undefined;
  if (address === 'unmapped') return unmapped({ account, nowMs });
  if (address?.api.protocolType === 'HTTP')
    return serveHttpApi(request, address, { account, nowMs });
  if (address !== undefined) return serveWebSocketApi(request, address, { account, nowMs });
  if (target.plane === 'data')
    return (
      await serveInvocation(request, {
        account,
        nowMs,
        random,
        sourceVpce: options.sourceVpce,
        oldServers: options.oldServers,
        unrouted: options.unrouted,
      })
    ).response;
  if (account.apis instanceof ApisOnRequest && isMutating(target, request))
    return refused(
      new ServiceError(
        400,
        'BadRequestException',
        'APIs of a fleet are made on request by this emulator: they cannot be changed',
      ),
      ids,
    );
  return serveControl(request, target.matched, {
    account,
    ids,
    nowMs,
    quotas,
    dropEmbed: effect?.kind === 'unembed',
    deploymentFailure: effect?.kind === 'fail-deployment' ? effect.message : undefined,
  });
}
