import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_ACCESS_KEY_ID, DEFAULT_SECRET_ACCESS_KEY } from './account.js';
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
import { type Fault, type FaultEffect, Faults, faultWords, type LoggedRequest } from './faults.js';
import { headerOf, type WebSocketConnection, type WireRequest, type WireResponse } from './http.js';
import { iamRefused, isIamRequest, serveIam } from './iam/serve.js';
import { Ids } from './ids.js';
import type { AccountState, ExportUnderCanary } from './model.js';
import { actionOf } from './query/form.js';
import { Quotas } from './quotas.js';
import { accountFrom, type SeedFile } from './seed.js';
import { serveSts, stsRefused } from './sts/serve.js';
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
}

export interface Emulator {
  /** `http://127.0.0.1:{port}`, for the control plane, STS, IAM and `/{api}/{stage}/{path}` alike. */
  readonly url: string;
  /** The variables that lead an AWS SDK here. */
  readonly env: Readonly<Record<string, string>>;
  readonly account: AccountState;
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
 * Starts an emulator of API Gateway (control plane and endpoints), STS and IAM on the loopback interface.
 *
 * @throws SeedError when a seed is wrong, with every problem and its place
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const now = options.now ?? Date.now;
  const ids = new Ids();
  const account = accountFrom([options.seed ?? []].flat(), {
    ids,
    nowMs: now(),
    propagationDelayMs: options.propagationDelayMs ?? 0,
    ...(options.exportUnderCanary === undefined
      ? {}
      : { exportUnderCanary: options.exportUnderCanary }),
  });
  const quotas = options.quotas === true ? new Quotas() : undefined;
  const faults = new Faults();
  const requests: LoggedRequest[] = [];
  const random = options.random ?? Math.random;

  async function handle(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    accept?: (connected: (connection: WebSocketConnection) => void) => void,
  ): Promise<void> {
    const request = await readRequest(incoming);
    const target = targetOf(request, account);
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
    };
    requests.push(entry);
    const effect = faults.take(entry);
    if (effect !== undefined) entry.fault = effect.kind;
    if (effect?.kind === 'reset') return reset(outgoing);
    if (effect?.kind === 'delay') await sleep(effect.ms);
    const response =
      effect?.kind === 'answer'
        ? faulted(entry, effect, target, ids)
        : await serve(request, target, effect);
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
    effect: FaultEffect | undefined,
  ): Promise<WireResponse> {
    const nowMs = now();
    if (target.plane === 'sts') return serveSts(request, { account, ids, nowMs });
    if (target.plane === 'iam') return serveIam(request, { account, ids, nowMs });
    if (target.plane === 'cloudformation')
      return serveCloudFormation(request, { account, ids, nowMs });
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
          unrouted: options.unrouted,
        })
      ).response;
    return serveControl(request, target.matched, {
      account,
      ids,
      nowMs,
      quotas,
      dropEmbed: effect?.kind === 'unembed',
      deploymentFailure: effect?.kind === 'fail-deployment' ? effect.message : undefined,
    });
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
    requests,
    integrationCalls: account.v2.integrationCalls,
    get quotaViolations() {
      return quotas?.violations ?? [];
    },
    injectFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    clearRequests: () => {
      requests.length = 0;
      account.v2.integrationCalls.length = 0;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
        webSockets.close();
      }),
  };
}

/** Which plane a request is for, and its operation. */
interface Target {
  readonly plane: LoggedRequest['plane'];
  readonly service: LoggedRequest['service'];
  readonly operation: string;
  readonly matched: MatchedOperation | undefined;
}

function targetOf(request: WireRequest, account: AccountState): Target {
  const { domainNames } = account;
  const host = (headerOf(request, 'host') ?? '').replace(/:\d+$/, '');
  const invokeHost = /^[a-z0-9-]+\.execute-api\./.test(host) || domainNames.has(host);
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
    const operation = actionOf(request) || 'Unknown';
    return { plane, service: plane, operation, matched: undefined };
  }
  const address = v2AddressOf(request, account);
  const isWebSocket = typeof address === 'object' && address.api.protocolType === 'WEBSOCKET';
  const operation = isWebSocket ? webSocketOperation(request) : 'Invoke';
  return { plane: 'data', service: 'execute-api', operation, matched: undefined };
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
