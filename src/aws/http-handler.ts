import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import type { HttpHandler, HttpRequest, HttpResponse } from '@smithy/protocol-http';
import type { HttpHandlerOptions, RequestHandlerOutput } from '@smithy/types';

/** The proxy that a URL is asked for through, `''` for none (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`). */
export type ProxyFor = (url: string) => string;

/** How long a request may take. */
export interface Timeouts {
  readonly connectionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** From the request to the last byte of the answer; without it, a body may take for ever. */
  readonly answerTimeoutMs?: number;
}

/**
 * An HTTP handler of the SDK that keeps connections alive and goes through the proxy that the
 * environment names for a URL. The SDK's own handler asks no proxy.
 */
export class ProxiedHttpHandler implements HttpHandler<NodeHttpHandlerOptions> {
  readonly #proxyFor: ProxyFor;
  readonly #timeouts: Timeouts;
  readonly #onRequest: (request: HttpRequest) => void;
  /** A handler a proxy, since a handler has the agents of one; `''` is the direct way. */
  readonly #handlers = new Map<string, Promise<NodeHttpHandler>>();

  /** @param onRequest is shown each request before it is sent, and again once its answer is there. */
  constructor(
    proxyFor: ProxyFor,
    timeouts: Timeouts,
    onRequest: (request: HttpRequest) => void = () => {},
  ) {
    this.#proxyFor = proxyFor;
    this.#timeouts = timeouts;
    this.#onRequest = onRequest;
  }

  async handle(
    request: HttpRequest,
    options?: HttpHandlerOptions,
  ): Promise<RequestHandlerOutput<HttpResponse>> {
    this.#onRequest(request);
    const port = request.port === undefined ? '' : `:${request.port}`;
    const proxy = this.#proxyFor(`${request.protocol}//${request.hostname}${port}/`);
    const handler = await this.#handlerOf(proxy);
    try {
      return await handler.handle(request, this.#bounded(options));
    } finally {
      this.#onRequest(request);
    }
  }

  /** The SDK's own time limit ends with the headers of an answer; its abort signal cuts the body, too. */
  #bounded(options: HttpHandlerOptions | undefined): HttpHandlerOptions | undefined {
    const { answerTimeoutMs } = this.#timeouts;
    if (answerTimeoutMs === undefined || options?.abortSignal !== undefined) return options;
    return { ...options, abortSignal: AbortSignal.timeout(answerTimeoutMs) };
  }

  /** Whether requests to a URL go through a proxy. */
  isProxied(url: string): boolean {
    return this.#proxyFor(url) !== '';
  }

  destroy(): void {
    for (const made of this.#handlers.values()) {
      // One that could not be made has failed its request, and has nothing to close.
      made.then(
        (handler) => handler.destroy(),
        () => {},
      );
    }
    this.#handlers.clear();
  }

  /** The SDK hands over settings that it makes itself; there is none that may replace ours. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): NodeHttpHandlerOptions {
    return {};
  }

  #handlerOf(proxy: string): Promise<NodeHttpHandler> {
    const known = this.#handlers.get(proxy);
    if (known !== undefined) return known;
    const made = this.#makeHandler(proxy);
    this.#handlers.set(proxy, made);
    return made;
  }

  async #makeHandler(proxy: string): Promise<NodeHttpHandler> {
    return new NodeHttpHandler({
      connectionTimeout: this.#timeouts.connectionTimeoutMs,
      requestTimeout: this.#timeouts.requestTimeoutMs,
      throwOnRequestTimeout: true,
      // Loaded where there is a proxy, and nowhere else.
      ...(proxy === '' ? {} : (await import('./proxy-agents.js')).agentsThrough(proxy)),
    });
  }
}
