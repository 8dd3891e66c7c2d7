import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { WireResponse } from '../http.js';
import type { IntegrationState } from '../model.js';
import type { BackendRequest } from './backend-request.js';
import {
  type Fault,
  INTEGRATION_FAILURE,
  INTEGRATION_TIMEOUT,
  isFault,
  MISCONFIGURED,
} from './fault.js';
import { mapResponse } from './integration-response.js';

/** HTTP_PROXY: headers, query and body go through, and so does the answer, whatever its status. */
export async function passThroughHttp(
  integration: IntegrationState,
  backend: BackendRequest,
): Promise<WireResponse | Fault> {
  const target = targetOf(integration, backend);
  if (target === undefined) return MISCONFIGURED;
  if (backend.request.rawQuery !== '') {
    target.search += `${target.search === '' ? '?' : '&'}${backend.request.rawQuery}`;
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of backend.request.headers) {
    if (!HOP_BY_HOP.has(name))
      headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return call(integration, target, backend, headers);
}

/** HTTP: only the body goes through as it is; the answer goes through the integration's responses. */
export async function callHttp(
  integration: IntegrationState,
  backend: BackendRequest,
): Promise<WireResponse | Fault> {
  const target = targetOf(integration, backend);
  if (target === undefined) return MISCONFIGURED;
  const answer = await call(integration, target, backend, { 'content-type': 'application/json' });
  return isFault(answer) ? answer : mapResponse(integration, backend.request, answer);
}

/**
 * The backend's URL: stage variables and path variables filled in. `requestParameters` may map
 * another name to `integration.request.path.{name}`; without a mapping the names are taken to agree.
 *
 * @returns `undefined` for something that is no http(s) URL.
 */
function targetOf(
  { uri, requestParameters }: IntegrationState,
  { pathParameters, variables }: BackendRequest,
): URL | undefined {
  const filled = (uri ?? '')
    .replace(/\$\{stageVariables\.(\w+)\}/g, (_, name: string) => variables[name] ?? '')
    .replace(/\{([^{}+]+)\+?\}/g, (whole, name: string) => {
      const mapped = requestParameters?.[`integration.request.path.${name}`];
      const source = mapped?.replace(/^method\.request\.path\./, '') ?? name;
      return pathParameters.get(source) ?? whole;
    });
  return URL.canParse(filled) && /^https?:/i.test(filled) ? new URL(filled) : undefined;
}

/** RFC 9110, 7.6.1, and what belongs to one hop by its meaning. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function call(
  { type, httpMethod, timeoutInMillis, responseTransferMode }: IntegrationState,
  target: URL,
  { request }: BackendRequest,
  headers: Record<string, string>,
): Promise<WireResponse | Fault> {
  const method = httpMethod === undefined || httpMethod === 'ANY' ? request.method : httpMethod;
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const body = Buffer.from(request.body);
  // Without the length Node would send the body of a GET in chunks, or none at all.
  const length = body.length === 0 ? {} : { 'content-length': String(body.length) };
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutInMillis);
    const fail = () => resolve(signal.aborted ? INTEGRATION_TIMEOUT : INTEGRATION_FAILURE);
    const outgoing = send(
      target,
      { method, signal, headers: { ...headers, ...length } },
      (incoming) => {
        // Only proxies stream (API Gateway Developer Guide, "Stream the integration response").
        if (type === 'HTTP_PROXY' && responseTransferMode === 'STREAM')
          resolve({ ...headOf(incoming), body: '', stream: incoming });
        else read(incoming).then(resolve, fail);
      },
    );
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

async function read(incoming: IncomingMessage): Promise<WireResponse> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return { ...headOf(incoming), body: Buffer.concat(chunks) };
}

function headOf(incoming: IncomingMessage): Pick<WireResponse, 'status' | 'headers'> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) headers[name] = [value].flat().join(', ');
  }
  return { status: incoming.statusCode ?? 502, headers };
}
