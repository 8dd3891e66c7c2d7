import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import type { HttpHandler, HttpRequest, HttpResponse } from '@smithy/protocol-http';
import type { HttpHandlerOptions, RequestHandlerOutput } from '@smithy/types';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';

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
  /** A handler a proxy, since a handler has the agents of one; `''` is the direct way. */
  readonly #handlers = new Map<string, NodeHttpHandler>();

  constructor(proxyFor: ProxyFor, timeouts: Timeouts) {
    this.#proxyFor = proxyFor;
    this.#timeouts = timeouts;
  }

  handle(
    request: HttpRequest,
    options?: HttpHandlerOptions,
  ): Promise<RequestHandlerOutput<HttpResponse>> {
    const port = request.port === undefined ? '' : `:${request.port}`;
    const proxy = this.#proxyFor(`${request.protocol}//${request.hostname}${port}/`);
    return this.#handlerOf(proxy).handle(request, this.#bounded(options));
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
    for (const handler of this.#handlers.values()) handler.destroy();
    this.#handlers.clear();
  }

  /** The SDK hands over settings that it makes itself; there is none that may replace ours. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): NodeHttpHandlerOptions {
    return {};
  }

  #handlerOf(proxy: string): NodeHttpHandler {
    const known = this.#handlers.get(proxy);
    if (known !== undefined) return known;
    const handler = new NodeHttpHandler({
      connectionTimeout: this.#timeouts.connectionTimeoutMs,
      requestTimeout: this.#timeouts.requestTimeoutMs,
      throwOnRequestTimeout: true,
      ...(proxy === '' ? {} : agentsThrough(proxy)),
    });
    this.#handlers.set(proxy, handler);
    return handler;
  }
}

/** As many connections as the SDK's own agents keep. */
const AGENT_OPTIONS = { keepAlive: true, maxSockets: 50 };

/** `http:` is asked for with absolute URIs, `https:` through a tunnel (RFC 9110, CONNECT). */
function agentsThrough(proxy: string): Pick<NodeHttpHandlerOptions, 'httpAgent' | 'httpsAgent'> {
  return {
    httpAgent: new HttpProxyAgent(proxy, AGENT_OPTIONS),
    httpsAgent: new HttpsProxyAgent(proxy, AGENT_OPTIONS),
  };
}
