import { createHash } from 'node:crypto';
import type { Method } from '../../aws/api-gateway.js';
import type { IntegrationSettings } from '../../model/evidence.js';
import { canonicalJson, isRecord } from '../../model/json-data.js';

/*
 * What an integration says beyond its type, backend and HTTP method, in one spelling for both layers:
 * GetResources tells it by the names of the API (API Gateway API Reference, "Integration"), an export by
 * those of OpenAPI (API Gateway Developer Guide, "x-amazon-apigateway-integration object"). An export
 * leaves out what has its default: localstack snapshot test_export_oas30_openapi, recorded against AWS on
 * 2024-04-15, shows neither timeout nor cache namespace. Settings are named by {@link settingName}; their
 * values are compared and never shown: templates and parameters may hold secrets. A long one stands as
 * its hash.
 */

type Integration = NonNullable<Method['methodIntegration']>;
type IntegrationResponse = NonNullable<Integration['integrationResponses']>[string];

/** No settings but defaults, as most proxy integrations have. */
export const NO_SETTINGS: IntegrationSettings = Object.freeze({});

/** Members of the OpenAPI extension that are compared elsewhere: see `exported.ts`. */
const BACKEND = new Set(['type', 'uri', 'httpMethod']);

/** Members that both layers have, with the value that is meant where they are absent. */
const PLAIN: Readonly<Record<string, string | null>> = {
  credentials: null,
  connectionType: 'INTERNET',
  connectionId: null,
  passthroughBehavior: 'WHEN_NO_MATCH',
  contentHandling: null,
  timeoutInMillis: '29000',
  cacheNamespace: null,
  responseTransferMode: 'BUFFERED',
  integrationTarget: null,
};

/** Members whose spelling differs between the layers by case alone. */
const IN_UPPER_CASE = new Set([
  'connectionType',
  'passthroughBehavior',
  'contentHandling',
  'responseTransferMode',
]);

/**
 * The settings of a configured integration.
 *
 * @param resourceId the cache namespace where nobody gave another.
 */
export function configuredSettings(
  integration: Integration | undefined,
  resourceId: string,
): IntegrationSettings {
  if (integration === undefined) return NO_SETTINGS;
  const { integrationResponses = {}, ...members } = integration;
  const settings = settingsOf(members);
  if (settings.get('cacheNamespace') === shortened(resourceId)) settings.delete('cacheNamespace');
  const patterns = new Map<string, IntegrationResponse[]>();
  for (const response of Object.values(integrationResponses)) {
    const pattern = response.selectionPattern || DEFAULT_PATTERN;
    patterns.set(pattern, [...(patterns.get(pattern) ?? []), response]);
  }
  for (const [pattern, [response, ...others]] of patterns) {
    addResponse(settings, pattern, response);
    // An export has room for one: which of them is deployed is not known.
    if (others.length > 0) settings.set(responseName(pattern, 'count'), String(others.length + 1));
  }
  return frozen(settings);
}

/**
 * Members of a method or route beside those that have a name in the evidence, as one text.
 *
 * @returns `undefined` where there are none.
 */
export function othersAsText(members: object): string | undefined {
  const said = Object.entries(members).filter(([, value]) => !isNothing(value));
  return said.length === 0 ? undefined : shortened(canonicalJson(Object.fromEntries(said)));
}

/** An empty list or map, and none, are the same. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** The settings of an exported integration, and its members that have no counterpart in GetResources. */
export function exportedSettings(
  integration: Readonly<Record<string, unknown>>,
  resourceId: string,
): { readonly settings: IntegrationSettings; readonly unknown: readonly string[] } {
  // The Developer Guide writes it in both ways ("Set up a private integration", "VPC links V2").
  const { 'integration-target': target, responses, ...members } = integration;
  const settings = settingsOf(
    target === undefined ? members : { ...members, integrationTarget: target },
  );
  if (settings.get('cacheNamespace') === shortened(resourceId)) settings.delete('cacheNamespace');
  if (isRecord(responses)) {
    for (const [pattern, response] of Object.entries(responses)) {
      addResponse(settings, pattern, response);
    }
  }
  const known = new Set([...Object.keys(PLAIN), ...BACKEND, ...STRUCTURED]);
  return {
    settings: frozen(settings),
    unknown: Object.keys(members).filter((name) => !known.has(name)),
  };
}

/** Names of the settings in which two integrations differ, for a reader; none of their values. */
export function differingSettings(a: IntegrationSettings, b: IntegrationSettings): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  const differing = [...names].filter((name) => a[name] !== b[name]).map(settingName);
  return [...new Set(differing)].sort((x, y) => (x.toLowerCase() < y.toLowerCase() ? -1 : 1));
}

const DEFAULT_PATTERN = 'default';
const STRUCTURED = ['requestParameters', 'requestTemplates', 'cacheKeyParameters', 'tlsConfig'];

function settingsOf(members: object): Map<string, string> {
  const settings = new Map<string, string>();
  const read = (name: string): unknown => Reflect.get(members, name);
  for (const [name, absent] of Object.entries(PLAIN)) {
    const value = textOf(read(name));
    const text = IN_UPPER_CASE.has(name) ? value.toUpperCase() : value;
    if (text !== '' && text !== absent) settings.set(name, shortened(text));
  }
  for (const name of ['requestParameters', 'requestTemplates']) addMap(settings, name, read(name));
  const keys = read('cacheKeyParameters');
  if (Array.isArray(keys) && keys.length > 0) {
    settings.set('cacheKeyParameters', shortened(JSON.stringify(keys.map(textOf).sort())));
  }
  const tls = read('tlsConfig');
  if (isRecord(tls) && tls.insecureSkipVerification === true) settings.set('tlsConfig', 'true');
  return settings;
}

function addResponse(settings: Map<string, string>, pattern: string, response: unknown): void {
  const member = (name: string): unknown =>
    typeof response === 'object' && response !== null ? Reflect.get(response, name) : undefined;
  settings.set(responseName(pattern, 'statusCode'), textOf(member('statusCode')));
  const handling = textOf(member('contentHandling')).toUpperCase();
  if (handling !== '') settings.set(responseName(pattern, 'contentHandling'), handling);
  for (const name of ['responseParameters', 'responseTemplates']) {
    addMap(settings, responseName(pattern, name), member(name));
  }
}

/** An empty template and none are the same to an export as far as anybody knows. */
function addMap(settings: Map<string, string>, name: string, map: unknown): void {
  if (!isRecord(map)) return;
  for (const [key, value] of Object.entries(map)) {
    const text = textOf(value);
    if (text !== '') settings.set(JSON.stringify([...partsOf(name), key]), shortened(text));
  }
}

function responseName(pattern: string, member: string): string {
  return JSON.stringify(['responses', pattern, member]);
}

function partsOf(name: string): string[] {
  const parts: unknown = name.startsWith('[') ? JSON.parse(name) : [name];
  return Array.isArray(parts) ? parts.map(String) : [];
}

const NAMES: Readonly<Record<string, string>> = {
  credentials: 'credentials',
  connectionType: 'connection type',
  connectionId: 'VPC link',
  passthroughBehavior: 'passthrough behavior',
  contentHandling: 'content handling',
  timeoutInMillis: 'timeout',
  cacheNamespace: 'cache namespace',
  cacheKeyParameters: 'cache keys',
  responseTransferMode: 'response transfer mode',
  integrationTarget: 'load balancer',
  tlsConfig: 'TLS configuration',
};

/** A setting as a reader knows it. */
function settingName(key: string): string {
  const [kind = '', what = ''] = partsOf(key);
  switch (kind) {
    case 'requestParameters':
      return `request parameter ${what}`;
    case 'requestTemplates':
      return `request template for ${what}`;
    case 'responses':
      return what === DEFAULT_PATTERN ? 'default response' : `response for ${what}`;
    default:
      return NAMES[kind] ?? kind;
  }
}

/** Longer than any id; templates are of any length, and an account has many. */
const LONGEST = 60;

function shortened(text: string): string {
  return text.length <= LONGEST ? text : createHash('sha256').update(text).digest('base64');
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function frozen(settings: ReadonlyMap<string, string>): IntegrationSettings {
  return settings.size === 0 ? NO_SETTINGS : Object.freeze(Object.fromEntries(settings));
}
