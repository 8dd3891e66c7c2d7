import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_ACCESS_KEY_ID, DEFAULT_SECRET_ACCESS_KEY } from './account.js';
import { accountManagementOperation, serveAccountManagement } from './account-management/serve.js';
import {
  cloudFormationRefused,
  isCloudFormationRequest,
  serveCloudFormation,
} from './cloudformation/serve.js';
import { ServiceError } from './control-plane/errors.js';
import {
  isControlPath,
  type MatchedOperation,
  matchOperation,
} from './control-plane/operations.js';
import { refused, serveControl } from './control-plane/serve.js';
import type { UnroutedAnswer } from './data-plane/authorize.js';
import { serveInvocation } from './data-plane/serve.js';
import type { Estate, Place } from './estate/estate.js';
import { estateFrom } from './estate/from-seed.js';
import { type Fault, type FaultEffect, Faults, faultWords, type LoggedRequest } from './faults.js';
import { ApisOnRequest } from './fleet/apis-on-request.js';
import { headerOf, type WebSocketConnection, type WireRequest, type WireResponse } from './http.js';
import { iamRefused, isIamRequest, serveIam } from './iam/serve.js';
import { Ids } from './ids.js';
import type { AccountState, ExportUnderCanary } from './model.js';
import {
  organizationsOperation,
  organizationsRefused,
  serveOrganizations,
} from './organizations/serve.js';
import { actionOf } from './query/form.js';
import { Quotas } from './quotas.js';
import { type RequestCount, RequestCounts } from './request-counts.js';
import { accountFrom, estateOf, type SeedFile } from './seed.js';
import { serveSts, stsRefused } from './sts/serve.js';
import type { TokenIssuer } from './sts/web-identity.js';
import { isV2Path, matchV2Operation } from './v2/control/operations.js';
import { v2AddressOf } from './v2/data/address.js';
import { serveHttpApi, unmapped } from './v2/data/serve-http.js';
import { serveWebSocketApi, webSocketOperation } from './v2/data/serve-websocket.js';
import type { IntegrationCall } from './v2/model.js';
import { asksForWebSocket, isAccepted, responseOver, WebSockets } from './websocket.js';
import { headerRecord, readRequest, reset, send, sendTruncated } from './wire.js';

export type { Fault, FaultEffect, LoggedRequest } from './faults.js';
export type { SeedFile } from './seed.js';

export interface EmulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly seed?: SeedFile | readonly SeedFile[];
  /** Whether the control plane's quotas are kept; off by default. */
  readonly quotas?: boolean;
  /** Milliseconds between a change of a stage and its effect on the wire; 0 by default. */
  readonly propagationDelayMs?: number;
  /**
   * The share of the servers that such a change has not reached until then; 1, all of them, by default. The
   * others answer for the change at once. A connection leads to one server.
   */
  readonly oldServers?: number;
  /** What the export of a stage with a canary shows, which is not known of the service; `stage` by default. */
  readonly exportUnderCanary?: ExportUnderCanary;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: () => number;
  /** `0 <= n < 1`, decides which requests a canary gets. */
  readonly random?: () => number;
  /**
   * The VPC endpoint that every request to an endpoint comes through, one of the seed's
   * `vpcEndpoints`. Without it a private API answers only to names that hold an endpoint's.
   */
  readonly sourceVpce?: string;
  /** What a signed request gets that no method matches; `not-found` by default. */
  readonly unrouted?: UnroutedAnswer;
  /** Whose web identity tokens STS verifies; without any, nobody looks at what a token says. */
  readonly issuers?: readonly TokenIssuer[];
  /** The longest that a session of STS lasts, in milliseconds, whatever was asked: for tests of renewal. */
  readonly sessionMs?: number;
  /** `counts` keeps no request, only how often each operation came: for very many of them. */
  readonly log?: 'requests' | 'counts';
}

export interface Emulator {
  /** `http://127.0.0.1:{port}`, for the control plane, STS, IAM and `/{api}/{stage}/{path}` alike. */
  readonly url: string;
  /** The variables that lead an AWS SDK here. */
  readonly env: Readonly<Record<string, string>>;
  readonly account: AccountState;
  /** All accounts and regions, where a seed has an organization; `account` is the management account. */
  readonly estate: Estate | undefined;
  /** How often each operation was answered, and with what. */
  readonly counts: readonly RequestCount[];
  /** Every request since the start or the last {@link Emulator.clearRequests}, in order of arrival. */
  readonly requests: readonly LoggedRequest[];
  /** Every call of a backend of an HTTP or WebSocket API, in order. */
  readonly integrationCalls: readonly IntegrationCall[];
  /** What was refused for a quota, such as "GetResources at 1732300000000". */
  readonly quotaViolations: readonly string[];
  injectFault(fault: Fault): void;
  clearFaults(): void;
  clearRequests(): void;
  /** Ends the server and drops connections that are kept alive. */
  close(): Promise<void>;
}

/**
 * Starts an emulator of API Gateway (control plane and endpoints), STS, IAM, Organizations and Account
 * Management on the loopback interface.
 *
 * @throws SeedError when a seed is wrong, with every problem and its place
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const now = options.now ?? Date.now;
  const ids = new Ids();
  const seeds = [options.seed ?? []].flat();
  const account = accountFrom(seeds, {
    ids,
    nowMs: now(),
    propagationDelayMs: options.propagationDelayMs ?? 0,
    ...(options.exportUnderCanary === undefined
      ? {}
      : { exportUnderCanary: options.exportUnderCanary }),
  });
  const seeded = estateOf(seeds, account);
  const estate =
    seeded === undefined
      ? undefined
      : estateFrom(seeded.organization, account, {
          nowMs: now(),
          keepsQuotas: options.quotas === true,
          world: seeded.world,
        });
  const quotas = options.quotas === true && estate === undefined ? new Quotas() : undefined;
  const faults = new Faults();
  const requests: LoggedRequest[] = [];
  const counts = new RequestCounts();
  const random = options.random ?? Math.random;
  const states = () => (estate === undefined ? [account] : [...estate.states]);

  async function handle(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    accept?: Wire['accept'],
  ): Promise<void> {
    const request = await readRequest(incoming);
    const found = targetOf(request, account);
    const place = placeOf(request, found);
    const target =
      found.plane === 'data'
        ? { ...found, operation: invocationName(request, place.account) }
        : found;
    const entry: LoggedRequest = {
      atMs: now(),
      plane: target.plane,
      service: target.service,
      operation: target.operation,
      method: request.method,
      path: request.rawPath,
      query: request.rawQuery,
      headers: headerRecord(request),
      body: Buffer.from(request.body).toString('utf8'),
      mutating: isMutating(target, request),
      status: 0,
      ...(estate === undefined
        ? {}
        : { accountId: place.account.accountId, region: place.account.region }),
    };
    if (options.log !== 'counts') requests.push(entry);
    try {
      await answer(request, { outgoing, accept }, target, place, entry);
    } finally {
      counts.add(entry);
    }
  }

  async function answer(
    request: WireRequest,
    { outgoing, accept }: Wire,
    target: Target,
    place: Place,
    entry: LoggedRequest,
  ): Promise<void> {
    const effect = faults.take(entry);
    if (effect !== undefined) entry.fault = effect.kind;
    if (effect?.kind === 'reset') return reset(outgoing);
    // A process that has nothing else left to do does not wait for it.
    if (effect?.kind === 'delay') await sleep(effect.ms, undefined, { ref: false });
    const response =
      effect?.kind === 'answer'
        ? faulted(entry, effect, target, ids)
        : await serve(request, target, place, effect);
    if (effect?.kind === 'reset-after') return reset(outgoing);
    entry.status = response.status;
    if (isAccepted(response) && accept !== undefined) return accept(response.connected);
    if (effect?.kind === 'rewrite') return send(outgoing, { ...response, body: effect.body });
    if (effect?.kind === 'truncate') return sendTruncated(outgoing, response);
    send(outgoing, response);
  }

  async function serve(
    request: WireRequest,
    target: Target,
    { account, quotas }: Place,
    effect: FaultEffect | undefined,
  ): Promise<WireResponse> {
    const nowMs = now();
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

  /** Whom a request is for: where there is one account, that one, whatever the request says. */
  function placeOf(request: WireRequest, { plane }: Target): Place {
    if (estate === undefined) return { account, quotas };
    if (plane === 'data') return estate.placeOfApi(request);
    return estate.placeOf(request, GLOBAL_PLANES.has(plane));
  }

  /** A mistake of the emulator itself: said aloud, and never mistaken for an answer of AWS. */
  function failed(error: unknown, outgoing: ServerResponse): void {
    const message = `emulator failure: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    console.error(message);
    if (outgoing.headersSent) outgoing.socket?.destroy();
    else send(outgoing, refused(new ServiceError(500, 'EmulatorFailure', message), ids));
  }

  const webSockets = new WebSockets();
  const server = createServer({ shouldUpgradeCallback: asksForWebSocket }, (incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => failed(error, outgoing));
  });
  server.on('upgrade', (incoming, socket, head) => {
    const outgoing = responseOver(incoming, socket);
    handle(incoming, outgoing, (connected) => {
      outgoing.detachSocket(incoming.socket);
      webSockets.accept(incoming, socket, head, connected);
    }).catch((error: unknown) => failed(error, outgoing));
  });
  // A connection that the server gives up just as a client takes it again looks like a reset that
  // nobody injected.
  server.keepAliveTimeout = 0;
  const port = await listen(server, options.port ?? 0);
  const url = `http://127.0.0.1:${port}`;

  return {
    url,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: DEFAULT_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: DEFAULT_SECRET_ACCESS_KEY,
      AWS_REGION: account.region,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    account,
    estate,
    requests,
    get integrationCalls() {
      return states().flatMap(({ v2 }) => v2.integrationCalls);
    },
    get counts() {
      return counts.all;
    },
    get quotaViolations() {
      return estate?.quotaViolations ?? quotas?.violations ?? [];
    },
    injectFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    clearRequests: () => {
      requests.length = 0;
      for (const { v2 } of states()) v2.integrationCalls.length = 0;
      counts.clear();
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
        webSockets.close();
      }),
  };
}

/** Where an answer goes. */
interface Wire {
  readonly outgoing: ServerResponse;
  /** Of a handshake: lets it in. */
  readonly accept: ((connected: (connection: WebSocketConnection) => void) => void) | undefined;
}

/** Which plane a request is for, and its operation. */
interface Target {
  readonly plane: LoggedRequest['plane'];
  readonly service: LoggedRequest['service'];
  readonly operation: string;
  readonly matched: MatchedOperation | undefined;
}

/** Services with one endpoint for all regions. */
const GLOBAL_PLANES: ReadonlySet<Target['plane']> = new Set(['iam', 'organizations', 'account']);

function targetOf(request: WireRequest, { domainNames }: AccountState): Target {
  const host = (headerOf(request, 'host') ?? '').replace(/:\d+$/, '');
  const invokeHost = /^[a-z0-9-]+\.execute-api\./.test(host) || domainNames.has(host);
  const ofOrganizations = invokeHost ? undefined : organizationsOperation(request);
  if (ofOrganizations !== undefined) return oneService('organizations', ofOrganizations);
  const ofAccount = invokeHost ? undefined : accountManagementOperation(request);
  if (ofAccount !== undefined) return oneService('account', ofAccount);
  if (!invokeHost && isV2Path(request.rawPath)) {
    const matched = matchV2Operation(request.method, request.rawPath);
    const operation = matched?.name ?? 'Unknown';
    return { plane: 'control', service: 'apigatewayv2', operation, matched };
  }
  if (!invokeHost && isControlPath(request.rawPath)) {
    const query = new URLSearchParams(request.rawQuery);
    const matched = matchOperation(request.method, request.rawPath, query);
    const operation = matched?.name ?? 'Unknown';
    return { plane: 'control', service: 'apigateway', operation, matched };
  }
  const form = headerOf(request, 'content-type')?.startsWith('application/x-www-form-urlencoded');
  if (!invokeHost && form && request.method === 'POST' && request.rawPath === '/') {
    const plane = isIamRequest(request)
      ? 'iam'
      : isCloudFormationRequest(request)
        ? 'cloudformation'
        : 'sts';
    return oneService(plane, actionOf(request) || 'Unknown');
  }
  return { plane: 'data', service: 'execute-api', operation: 'Invoke', matched: undefined };
}

/** A service that has one name for all of its operations. */
function oneService(
  service: Exclude<Target['plane'], 'control' | 'data'>,
  operation: string,
): Target {
  return { plane: service, service, operation, matched: undefined };
}

/** What a request to an endpoint is called: a handshake is not an invocation like others. */
function invocationName(request: WireRequest, account: AccountState): string {
  const address = v2AddressOf(request, account);
  const isWebSocket = typeof address === 'object' && address.api.protocolType === 'WEBSOCKET';
  return isWebSocket ? webSocketOperation(request) : 'Invoke';
}

/** Whether a request asks for a change; one of IAM that only reads begins with Get or List. */
function isMutating({ plane, operation }: Target, request: WireRequest): boolean {
  if (plane === 'iam') return !/^(?:Get|List)/.test(operation);
  return plane === 'control' && request.method !== 'GET';
}

function faulted(
  entry: LoggedRequest,
  effect: Extract<FaultEffect, { kind: 'answer' }>,
  target: Target,
  ids: Ids,
): WireResponse {
  const [type, text] = faultWords(effect.status, target.plane);
  const errorType = effect.errorType ?? type;
  const { message: words = text } = effect;
  const message = typeof words === 'string' ? words : words(entry);
  if (target.plane === 'sts') return stsRefused(effect.status, errorType, message, ids);
  if (target.plane === 'iam') return iamRefused(effect.status, errorType, message, ids);
  if (target.plane === 'cloudformation')
    return cloudFormationRefused(effect.status, errorType, message, ids);
  if (target.plane === 'organizations')
    return organizationsRefused(effect.status, errorType, message, ids);
  return refused(
    new ServiceError(
      effect.status,
      errorType,
      message,
      effect.retryAfterSeconds,
      effect.status === 429 && target.service === 'apigatewayv2' ? { limitType: 'REQUESTS' } : {},
    ),
    ids,
  );
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string')
        reject(new Error('the server has no port'));
      else resolve(address.port);
    });
  });
}
