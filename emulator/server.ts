import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_ACCESS_KEY_ID, DEFAULT_SECRET_ACCESS_KEY } from './account.js';
import { ServiceError } from './control-plane/errors.js';
import { refused } from './control-plane/serve.js';
import type { Estate, Place } from './estate/estate.js';
import { estateFrom } from './estate/from-seed.js';
import { faulted } from './faulted.js';
import { type Fault, Faults, type LoggedRequest } from './faults.js';
import type { WebSocketConnection, WireRequest } from './http.js';
import { Ids } from './ids.js';
import type { AccountState } from './model.js';
import type { EmulatorOptions } from './options.js';
import { Quotas } from './quotas.js';
import { type RequestCount, RequestCounts } from './request-counts.js';
import { accountFrom, estateOf } from './seed.js';
import { servePlane } from './serve-plane.js';
import { GLOBAL_PLANES, invocationName, isMutating, type Target, targetOf } from './target.js';
import type { IntegrationCall } from './v2/model.js';
import { asksForWebSocket, isAccepted, responseOver, WebSockets } from './websocket.js';
import { headerRecord, readRequest, reset, send, sendTruncated } from './wire.js';

export type { Fault, FaultEffect, LoggedRequest } from './faults.js';
export type { EmulatorOptions } from './options.js';
export type { SeedFile } from './seed.js';

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
        : await servePlane(request, target, place, effect, {
            ...{ options, estate, ids, random },
            nowMs: now(),
          });
    if (effect?.kind === 'reset-after') return reset(outgoing);
    entry.status = response.status;
    if (isAccepted(response) && accept !== undefined) return accept(response.connected);
    if (effect?.kind === 'rewrite') return send(outgoing, { ...response, body: effect.body });
    if (effect?.kind === 'truncate') return sendTruncated(outgoing, response);
    send(outgoing, response);
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
