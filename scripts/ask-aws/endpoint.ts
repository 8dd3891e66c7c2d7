import { randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { HttpRequest } from '@smithy/protocol-http';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { sign, signInQuery, tamperWith } from '../../src/probe/sign.js';

/** What an endpoint answered. */
export interface Answer {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a request shows who sends it. */
export type Signature =
  | 'unsigned'
  | 'headers'
  | 'query'
  | 'tampered'
  | 'tampered-query'
  | 'unknown-key'
  /** In the query, with the session token added after signing. */
  | 'token-after';

/** A request to an endpoint. */
export interface Asked {
  readonly apiId: string;
  /** `$default` has no part in the path. */
  readonly stage: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** What is sent in place of the query that was signed. */
  readonly rawQuery?: string;
  readonly signature?: Signature;
  /** Asks for a WebSocket. */
  readonly isHandshake?: boolean;
}

const WITHIN_MS = 15_000;

/** Sends requests to the endpoints of the run's APIs. */
export class Endpoint {
  readonly #template: string;
  readonly #region: string;
  readonly #credentials: Provider<AwsCredentialIdentity>;

  constructor(template: string, region: string, credentials: Provider<AwsCredentialIdentity>) {
    this.#template = template;
    this.#region = region;
    this.#credentials = credentials;
  }

  /** The address of a stage. */
  url(apiId: string, stage: string): string {
    return this.#template
      .replace('/{stage}', stage === '$default' ? '' : '/{stage}')
      .replaceAll('{stage}', stage)
      .replaceAll('{api-id}', apiId)
      .replaceAll('{region}', this.#region);
  }

  async ask(asked: Asked): Promise<Answer> {
    const base = new URL(this.url(asked.apiId, asked.stage));
    const request = new HttpRequest({
      method: asked.method ?? 'GET',
      protocol: base.protocol,
      hostname: base.hostname,
      ...(base.port === '' ? {} : { port: Number(base.port) }),
      path: `${base.pathname.replace(/\/$/, '')}${asked.path ?? ''}` || '/',
      headers: { host: base.host, ...asked.headers },
      query: { ...asked.query },
    });
    const signed = await this.#signed(request, asked.signature ?? 'unsigned');
    return send(signed, asked.rawQuery ?? queryOf(signed), asked.isHandshake === true);
  }

  async #signed(request: HttpRequest, signature: Signature): Promise<HttpRequest> {
    const own = { region: this.#region, credentials: this.#credentials };
    switch (signature) {
      case 'unsigned':
        return request;
      case 'headers':
        return sign(request, own);
      case 'query':
        return signInQuery(request, own);
      case 'tampered':
        return tamperWith(await sign(request, own));
      case 'tampered-query':
        return tamperWith(await signInQuery(request, own));
      case 'unknown-key':
        return sign(request, {
          region: this.#region,
          credentials: () => Promise.resolve(unknown()),
        });
      case 'token-after':
        return this.#withTokenAfter(request);
    }
  }

  async #withTokenAfter(request: HttpRequest): Promise<HttpRequest> {
    const { sessionToken = '', ...rest } = await this.#credentials();
    const signed = await signInQuery(request, {
      region: this.#region,
      credentials: () => Promise.resolve(rest),
    });
    return new HttpRequest({
      ...signed,
      query: { ...signed.query, 'X-Amz-Security-Token': sessionToken },
    });
  }
}

/** Keys that nobody has. */
function unknown(): AwsCredentialIdentity {
  return {
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
  };
}

function queryOf({ query }: HttpRequest): string {
  return Object.entries(query)
    .flatMap(([name, value]) => (value === null ? [] : [value].flat().map((it) => [name, it])))
    .map((pair) => pair.map((part) => encoded(part ?? '')).join('='))
    .join('&');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** One exchange. A connection that comes to be is closed at once. */
function send(request: HttpRequest, query: string, isHandshake: boolean): Promise<Answer> {
  const { protocol, hostname, port, path, method } = request;
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  };
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ status: 0, headers: {}, body: error.message });
    const sent = (protocol === 'http:' ? http : https).request({
      method,
      hostname,
      ...(port === undefined ? {} : { port }),
      path: query === '' ? path : `${path}?${query}`,
      headers: { ...request.headers, ...(isHandshake ? upgrade : {}) },
      agent: false,
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    sent.once('error', failed);
    sent.once('upgrade', (message, socket) => {
      socket.destroy();
      resolve({ ...headOf(message), body: '' });
    });
    sent.once('response', (message) => {
      const chunks: Uint8Array[] = [];
      message.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      message.once('error', failed);
      message.once('end', () =>
        resolve({ ...headOf(message), body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.end();
  });
}

function headOf({
  statusCode = 0,
  headers,
}: http.IncomingMessage): Pick<Answer, 'status' | 'headers'> {
  return {
    status: statusCode,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
    ),
  };
}
