import { partition } from '@aws-sdk/core/client';
import type { ApiEvidence } from '../model/evidence.js';
import { placeholdersIn, replacePlaceholders } from '../model/placeholders.js';
import { failed, ok, type Result } from '../model/result.js';
import { withoutTrailingSlashes } from '../model/slashes.js';

const PLACEHOLDERS: readonly string[] = ['{api-id}', '{stage}', '{region}'];

/**
 * Reads a text as the base URL of probes, with its placeholders.
 *
 * @returns the text, or the rest of a sentence that says why it is none and what to write.
 */
export function parseBaseUrlTemplate(template: string): Result<string> {
  const unknown = [...placeholdersIn(template, '{', '}')]
    .map(({ name }) => `{${name}}`)
    .filter((it) => !PLACEHOLDERS.includes(it));
  if (unknown.length > 0) {
    return failed(
      `has the unknown placeholder ${unknown.join(', ')}. Known are ${PLACEHOLDERS.join(', ')}.`,
    );
  }
  const filled = fillTemplate(template.replace(/^wss:/i, 'https:'), {
    apiId: 'a1b2c3d4e5',
    stage: 'prod',
    region: 'eu-west-1',
  });
  if (!URL.canParse(filled)) return failed('is not a URL, such as https://api.example.com/orders.');
  const url = new URL(filled);
  if (url.username !== '' || url.password !== '')
    return failed('holds credentials; leave them out.');
  if (url.search !== '' || url.hash !== '')
    return failed('has a query or fragment; give the base alone.');
  if (url.protocol === 'https:') return ok(template.replace(/^wss:/i, 'https:'));
  // A signed request over plain HTTP could be read and replayed for five minutes by anybody between.
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return ok(template);
  return failed('is not https. Plain http is accepted for loopback addresses alone.');
}

/** A stage's address in words that the templates and the invoke URL need. */
export interface StageAddress {
  readonly apiId: string;
  readonly stage: string;
  readonly region: string;
  /** The API's own address, where AWS says it: `https://…` of an HTTP API, `wss://…` of a WebSocket API. */
  readonly endpoint?: string | null;
}

/** The address of an API's stage. */
export function addressOf(
  { id, description }: Pick<ApiEvidence, 'id' | 'description'>,
  stage: string,
  region: string,
): StageAddress {
  const endpoint = description.readable ? (description.value.v2?.endpoint ?? null) : null;
  return { apiId: id, stage, region, endpoint };
}

/**
 * The first part of a stage's paths, `''` where they begin with those of the routes (API Gateway Developer
 * Guide, "Create a stage for an HTTP API": `$default` is served from the base of the API's URL).
 */
export function segmentOfStage(stage: string): string {
  return stage === '$default' ? '' : stage;
}

/**
 * The base URL that a stage is probed at, without a final slash.
 *
 * The default host name is `{api}.execute-api.{region}.{suffix}`; the suffix follows the partition
 * (`amazonaws.com.cn` in China). Source: API Gateway Developer Guide, "Invoke REST APIs".
 */
export function baseUrlOf(address: StageAddress, template: string | null): string {
  return template === null
    ? invokeUrlOf(address)
    : withoutTrailingSlashes(fillTemplate(template, address));
}

/** The invoke URL of a stage at the API's default endpoint. */
export function invokeUrlOf({ apiId, stage, region, endpoint = null }: StageAddress): string {
  const told = endpoint?.replace(/^wss:/, 'https:').replace(/\/+$/, '') ?? '';
  // What AWS says of it is right in partitions that the SDK does not know.
  const isToBeTaken = URL.canParse(told) && new URL(told).protocol === 'https:';
  const base = isToBeTaken
    ? told
    : `https://${apiId}.execute-api.${region}.${partition(region).dnsSuffix}`;
  return `${base}/${segmentOfStage(stage)}`.replace(/\/+$/, '');
}

/**
 * The ARN that a caller must be allowed to invoke. The account is `*`: the gate shows no account ids,
 * and an API's id belongs to one account of its region anyway. A parameter is `*` as well.
 *
 * Sources: API Gateway Developer Guide, "Resource format of permissions for executing API" and "Use IAM
 * authorization" of WebSocket APIs.
 */
export function invokeArnOf(
  { apiId, stage, region }: StageAddress,
  verb: string,
  path: string,
): string {
  const base = `arn:${partition(region).name}:execute-api:${region}:*:${apiId}/${stage}`;
  if (path === '$connect') return `${base}/${path}`;
  // Whether its resource is what was asked for or the key of the route, nobody has written down.
  if (path === '$default') return `${base}/*`;
  return `${base}/${verb}${replacePlaceholders(path, '{', '}', '*')}`;
}

function fillTemplate(template: string, { apiId, stage, region }: StageAddress): string {
  const segment = segmentOfStage(stage);
  return (
    template
      .replaceAll('{api-id}', apiId)
      // With its slash, where it is not there.
      .replaceAll('/{stage}', segment === '' ? '' : `/${segment}`)
      .replaceAll('{stage}', segment)
      .replaceAll('{region}', region)
  );
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** What a host name says that API Gateway itself gives. */
export interface DefaultEndpoint {
  /** `null` in the name of a VPC endpoint, which leads to many. */
  readonly apiId: string | null;
  readonly region: string;
  /** The first part of the path. */
  readonly stage: string;
  /** What the path has behind the stage. */
  readonly rest: string;
}

/**
 * `{api}.execute-api.{region}.{suffix}`, the same with a VPC endpoint's id, and the endpoint's own name
 * `{vpce}[-…].execute-api.{region}.vpce.{suffix}`; with `-fips` behind the service's name too.
 */
const DEFAULT_HOST =
  /^(?:vpce-[a-z0-9]+(?:-[a-z0-9-]+)?|([a-z0-9]+)(?:-vpce-[a-z0-9]+)?)\.execute-api(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(.+)$/;

/**
 * What a base URL says where it leads to a default endpoint, `null` where it leads to a custom domain
 * name. The suffix is that of the region's partition, for IPv4 or for both versions of IP (AWS General
 * Reference, "Amazon API Gateway endpoints and quotas"; API Gateway Developer Guide, "Invoke a private
 * API"; the SDK's table of partitions).
 */
export function defaultEndpointOf(baseUrl: string): DefaultEndpoint | null {
  const { pathname } = new URL(baseUrl);
  const hostname = hostnameOf(baseUrl);
  const [, apiId = null, region = '', suffix] = DEFAULT_HOST.exec(hostname) ?? [];
  if (suffix === undefined) return null;
  const { dnsSuffix, dualStackDnsSuffix } = partition(region);
  if (suffix !== dnsSuffix && suffix !== dualStackDnsSuffix) return null;
  const [, stage = '', ...rest] = pathname.split('/');
  return { apiId, region, stage, rest: rest.join('/') };
}

/** The host's name without the dot of the root: with it or without, it is the same host. */
export function hostnameOf(url: string): string {
  return new URL(url).hostname.replace(/\.$/, '');
}

/** Whether a base URL leads to a default endpoint, rather than to a custom domain name. */
export function isDefaultEndpoint(baseUrl: string): boolean {
  return defaultEndpointOf(baseUrl) !== null;
}

/** Whether a base URL leads to this machine: a stand-in or a tunnel, and no custom domain name. */
export function isLocal(baseUrl: string): boolean {
  return isLoopback(hostnameOf(baseUrl));
}

/**
 * Headers that an address asks for: a VPC endpoint serves many APIs under one name, and learns
 * by `x-apigw-api-id` which is meant (API Gateway Developer Guide, "Invoke a private API").
 */
export function headersOfAddress(baseUrl: string, apiId: string): Readonly<Record<string, string>> {
  const endpoint = defaultEndpointOf(baseUrl);
  return endpoint !== null && endpoint.apiId === null ? { 'x-apigw-api-id': apiId } : {};
}
