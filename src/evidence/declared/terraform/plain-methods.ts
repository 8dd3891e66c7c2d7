import type { DeclaredMethod, Place } from '../../../model/declared.js';
import { isAuthorizationType, methodDraft, routeOf } from '../method-draft.js';
import { FIXES } from '../snippets.js';
import { attribute, literal } from './hcl.js';
import { addressIn, addressOf, GIVE, keepsAsItIs, keptInWords, textOf } from './plain-source.js';
import { placeOf, type Source, suppressionsOf } from './sources.js';

type Decided = Pick<
  DeclaredMethod,
  'authorization' | 'unresolved' | 'by' | 'undeployable' | 'suppressions' | 'resource'
>;

function decided(source: Source, name: string, place: Place): Decided {
  const expression = attribute(source.block, name)?.expression;
  const text = literal(expression);
  const shared = {
    by: 'resource' as const,
    undeployable: null,
    unresolved: null,
    resource: addressOf(source),
    suppressions: suppressionsOf(source),
  };
  const isKept = keepsAsItIs(source, name);
  if (typeof text === 'string' && isAuthorizationType(text) && !(isKept && text !== 'NONE')) {
    return { ...shared, authorization: text };
  }
  const reason = isKept
    ? keptInWords(source, name)
    : typeof text === 'string'
      ? `${addressOf(source)} has the ${name} ${text}, which API Gateway does not know`
      : expression === undefined
        ? `${addressOf(source)} has no ${name}`
        : `${name} of ${addressOf(source)} is the expression ${expression.split('\n', 1)[0] ?? ''}`;
  return { ...shared, authorization: 'unresolved', unresolved: { reason, give: GIVE, place } };
}

/** The method of a REST API that a block declares. */
export function restMethod(source: Source, resources: ReadonlyMap<string, Source>): DeclaredMethod {
  const place = placeOf(source, 'authorization');
  const method = textOf(source, 'http_method')?.toUpperCase() ?? 'unresolved';
  const path = pathOf(attribute(source.block, 'resource_id')?.expression, resources, 0);
  return {
    ...methodDraft(method, path, place, FIXES.terraformMethod),
    ...decided(source, 'authorization', place),
    apiKeyRequired: literal(attribute(source.block, 'api_key_required')?.expression) === true,
    notes: path === null ? ['its path is not known without a plan'] : [],
  };
}

function pathOf(
  expression: string | undefined,
  resources: ReadonlyMap<string, Source>,
  depth: number,
): string | null {
  const address = addressIn(expression);
  if (address === null || depth > 50) return null;
  if (/\.root_resource_id\}?"?$/.test(expression ?? '')) return '/';
  const source = resources.get(address);
  if (source === undefined || source.block.labels[0] !== 'aws_api_gateway_resource') return null;
  const part = textOf(source, 'path_part');
  const parent = pathOf(attribute(source.block, 'parent_id')?.expression, resources, depth + 1);
  if (part === undefined || parent === null) return null;
  return `${parent === '/' ? '' : parent}/${part}`;
}

/** The route of an HTTP or WebSocket API that a block declares. */
export function route(source: Source): DeclaredMethod {
  const place = placeOf(source, 'authorization_type');
  const key = textOf(source, 'route_key');
  const { method, path } = key === undefined ? { method: 'unresolved', path: null } : routeOf(key);
  const draft = methodDraft(method, path, place, FIXES.terraformRoute);
  const type = attribute(source.block, 'authorization_type');
  if (type === undefined || literal(type.expression) === null) {
    return {
      ...draft,
      by: 'default',
      resource: addressOf(source),
      suppressions: suppressionsOf(source),
    };
  }
  return { ...draft, ...decided(source, 'authorization_type', place) };
}
