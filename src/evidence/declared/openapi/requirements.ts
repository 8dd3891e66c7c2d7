import type { ApiKind } from '../../../model/api-kind.js';
import type { AuthorizationType, DecidedBy, Place } from '../../../model/declared.js';
import { fold } from '../cloudformation/fold.js';
import type { Folded } from '../cloudformation/folded.js';
import type { Scope } from '../cloudformation/scope.js';
import { LIMITS } from '../limits.js';
import { isMap, type Node } from '../node.js';
import { type Decision, decisionOf, unresolvedDecision } from './decision.js';
import { readScheme, type Scheme } from './schemes.js';

/** The document that an operation stands in. */
export interface DocumentContext {
  readonly document: Node;
  readonly kind: ApiKind;
  readonly scope: Scope;
}

interface Requirements {
  readonly items: readonly Node[];
  readonly when: readonly string[];
  readonly unresolved: Folded | null;
}

/** The requirements of a list, of which each may be an intrinsic function. */
export function requirementsOf(
  items: readonly Node[],
  scope: Scope,
  when: readonly string[],
): readonly Requirements[] | null {
  if (items.length > LIMITS.branches) return null;
  let all: readonly Requirements[] = [{ items: [], when, unresolved: null }];
  for (const item of items) {
    all = all.flatMap((so) =>
      fold(item, scope, so.when).map((value) => ({
        items: value.kind === 'known' ? [...so.items, value.node] : so.items,
        when: value.when,
        unresolved: value.kind === 'unknown' ? value : so.unresolved,
      })),
    );
    if (all.length > LIMITS.branches) return null;
  }
  return all;
}

interface Names {
  readonly when: readonly string[];
  readonly names: readonly (Scheme & { readonly name: string })[];
}

/** What each name in the requirements means; branches of the schemes are branches of the whole. */
export function namesOf(
  requirements: readonly Node[],
  { document, kind, scope }: DocumentContext,
  when: readonly string[],
  place: Place,
): readonly Names[] | null {
  const named = requirements.flatMap((it) => (isMap(it) ? it.entries : []));
  if (named.length > LIMITS.branches) return null;
  let all: readonly Names[] = [{ when, names: [] }];
  for (const { key, at } of named) {
    all = all.flatMap((so) =>
      readScheme(document, key, kind, scope, so.when, at ?? place).map((scheme) => ({
        when: scheme.when,
        names: [...so.names, { ...scheme, name: key }],
      })),
    );
    if (all.length > LIMITS.branches) return null;
  }
  return all;
}

/** What one requirement, or several of which each is enough, make of an operation. */
export function decisionsOf(
  names: Names['names'],
  requirements: Requirements,
  by: 'operation' | 'root',
  kind: ApiKind,
  place: Place,
): readonly Decision[] {
  const apiKeyRequired = names.some(({ meaning }) => meaning.kind === 'api key');
  const notes = names.flatMap(({ meaning }) => ('because' in meaning ? [meaning.because] : []));
  const undeployable =
    kind === 'HTTP' && requirements.items.length > 1
      ? { reason: 'an HTTP API takes one requirement in security, and here are several', place }
      : null;
  const shared = { apiKeyRequired, notes, undeployable };
  const unclear = requirements.unresolved;
  if (unclear?.kind === 'unknown') {
    return [{ ...unresolvedDecision(unclear, by, place), ...shared }];
  }
  for (const { meaning } of names) {
    if (meaning.kind === 'unresolved') {
      return [{ ...unresolvedDecision(meaning.unresolved, by, place), ...shared }];
    }
  }
  const types = new Map<AuthorizationType, { by: DecidedBy; isSure: boolean }>();
  for (const { meaning } of names) {
    if (meaning.kind === 'authorizer') types.set(meaning.type, { by, isSure: true });
    if (meaning.kind === 'unproven' && !types.has(meaning.type)) {
      types.set(meaning.type, { by, isSure: false });
      types.set('NONE', { by: 'nothing', isSure: false });
    }
  }
  if (types.size === 0) return [{ ...decisionOf('NONE', 'nothing', place), ...shared }];
  const isPartlyUndefined = names.some(({ meaning }) => meaning.kind === 'nothing');
  // "To make security optional, an empty security requirement ({}) can be included" (OpenAPI, "Operation Object").
  const isOptional = requirements.items.some((it) => isMap(it) && it.entries.length === 0);
  const isOdd = requirements.items.some((it) => !isMap(it));
  if (isPartlyUndefined || isOptional || isOdd) types.set('NONE', { by: 'nothing', isSure: false });
  const ofRequirements = (isOptional && OPTIONAL) || (isOdd && ODD);
  const unproven = types.size < 2 ? null : ofRequirements || reasonOf(names, isPartlyUndefined);
  return [...types].map(([type, it]) => ({
    ...decisionOf(type, it.by, place),
    ...shared,
    unproven,
  }));
}

const OPTIONAL =
  'security has an empty requirement, with which OpenAPI makes it optional, and AWS does not document what becomes of it';

const ODD =
  'security has a requirement that is no map, and AWS does not document what becomes of it';

function reasonOf(names: Names['names'], isPartlyUndefined: boolean): string {
  const unsure = names.flatMap(({ meaning }) =>
    meaning.kind === 'unproven' ? [meaning.because] : [],
  );
  if (unsure[0] !== undefined) return unsure[0];
  const listed = names.map(({ name }) => name).join(', ');
  return isPartlyUndefined
    ? `security names ${listed}, of which not all are defined, and AWS does not document what becomes of it`
    : `security names several authorizers (${listed}), and AWS does not document which counts`;
}
