import type { DeclaredMethod, Fix, Place, Unresolved } from '../../../model/declared.js';
import { expand } from '../cloudformation/expand.js';
import { fold } from '../cloudformation/fold.js';
import { methodDraft } from '../method-draft.js';
import { type Entry, entriesOf, isMap, isNull, type MapNode, map, type Node } from '../node.js';
import { FIXES } from '../snippets.js';
import { type BasePathMode, importedPath } from './base-path.js';
import { decide } from './decide.js';
import type { Decision } from './decision.js';
import { answersCors, integrationOf } from './integration.js';
import { GIVE_INLINE, isRendered, OF_REFERENCE, ofRendered } from './not-written-out.js';
import type { DocumentContext } from './requirements.js';

/** Where an operation that nothing protects has to be protected. */
export interface Blame {
  readonly place: Place;
  readonly fix: Fix;
  readonly notes: readonly string[];
}

const VERBS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

const ANY = new Set(['x-amazon-apigateway-any-method', 'any']);

/** `GET`, `ANY`; `null` for a key of a path item that is no method, such as `parameters`. */
function methodOf(key: string): string | null {
  const lower = key.toLowerCase();
  if (ANY.has(lower)) return 'ANY';
  return VERBS.has(lower) ? lower.toUpperCase() : null;
}

/** What is read of a document, and of which one. */
export interface Within {
  readonly context: DocumentContext;
  readonly mode: BasePathMode;
  readonly blame: ((operation: Node, method: string) => Blame | undefined) | undefined;
  readonly methods: DeclaredMethod[];
  readonly unresolved: Unresolved[];
}

/** Reads the operations of all paths. */
export function readPaths(written: MapNode, when: readonly string[], within: Within): void {
  const { entries, unresolved } = expand(written, within.context.scope);
  within.unresolved.push(...unresolved);
  for (const it of entries) {
    // Extensions may stand among the paths (OpenAPI Specification, "Paths Object").
    if (it.key.startsWith('x-')) continue;
    for (const value of fold(it.value, within.context.scope, when)) {
      if (value.kind === 'unknown') within.unresolved.push(ofPath(it, value));
      else if (value.kind === 'known') readPathItem(it, value.node, value.when, within);
    }
  }
}

function ofPath({ key, at }: Entry, { reason, give }: Unresolved): Unresolved {
  return { reason: `path ${key}: ${reason}`, give, place: at };
}

function readPathItem(
  { key: path, at }: Entry,
  item: Node,
  when: readonly string[],
  within: Within,
): void {
  if (isNull(item)) return;
  if (!isMap(item)) {
    within.unresolved.push({ reason: `path ${path} is no map`, give: GIVE_INLINE, place: at });
    return;
  }
  const { entries, unresolved } = expand(item, within.context.scope);
  within.unresolved.push(...unresolved.map((it) => ofPath({ key: path, at, value: item }, it)));
  for (const it of entries) {
    if (it.key === '$ref') {
      const reason = `path ${path} is a reference ($ref)`;
      within.unresolved.push({ reason, give: GIVE_INLINE, place: it.at });
      continue;
    }
    const method = methodOf(it.key);
    if (method === null) {
      // What a renderer puts in may be a verb, or several operations.
      if (isRendered(it)) {
        const reason = `path ${path} has the key ${it.key}, which is rendered`;
        within.unresolved.push({ reason, give: GIVE_INLINE, place: it.at });
      }
      continue;
    }
    for (const value of fold(it.value, within.context.scope, when)) {
      if (value.kind === 'absent') continue;
      const operation = value.kind === 'known' && isMap(value.node) ? value.node : null;
      const draft = draftOf(method, path, it, within);
      if (operation === null) within.methods.push(...withoutOperation(draft, value, within));
      else within.methods.push(...readOperation(draft, operation, value.when, within));
    }
  }
}

function draftOf(method: string, path: string, { at }: Entry, within: Within): DeclaredMethod {
  const { document, kind } = within.context;
  const isDefault = kind === 'HTTP' && /^\/?\$default$/.test(path);
  const imported = isDefault ? '$default' : importedPath(path, document, within.mode);
  return methodDraft(method, imported, at, FIXES.operation);
}

function withoutOperation(
  draft: DeclaredMethod,
  value: ReturnType<typeof fold>[number],
  within: Within,
): readonly DeclaredMethod[] {
  const isEmpty = value.kind === 'known' && isNull(value.node);
  if (isEmpty) return readOperation(draft, map([], draft.place), value.when, within);
  const { reason, give } =
    value.kind === 'unknown'
      ? value
      : { reason: 'the operation is no map', give: 'write a map, as OpenAPI wants it' };
  const unresolved = { reason, give, place: draft.place };
  return [{ ...draft, authorization: 'unresolved', unresolved, when: value.when }];
}

function readOperation(
  draft: DeclaredMethod,
  written: MapNode,
  when: readonly string[],
  within: Within,
): readonly DeclaredMethod[] {
  const { scope } = within.context;
  const { entries, unresolved } = expand(written, scope);
  const operation = map(entries, written.at);
  const decisions = decide(operation, within.context, when);
  const integration = integrationOf(operation, scope);
  const isPreflight =
    draft.method === 'OPTIONS' && integration === 'MOCK' && answersCors(operation, scope);
  const blame = within.blame?.(written, draft.method);
  const [reference] = entriesOf(operation, '$ref');
  const rendered = operation.entries.find(isRendered);
  const [unclear = (reference && OF_REFERENCE) ?? (rendered && ofRendered(rendered))] = unresolved;
  return decisions.map((decision) => ({
    ...draft,
    ...ofDecision(decision, draft, blame),
    ...(unclear === undefined || (unclear === OF_REFERENCE && decision.authorization === 'NONE')
      ? {}
      : { authorization: 'unresolved' as const, unresolved: { ...unclear, place: draft.place } }),
    integration,
    isPreflight,
  }));
}

function ofDecision(decision: Decision, draft: DeclaredMethod, blame: Blame | undefined) {
  const { place, notes, ...rest } = decision;
  return {
    ...rest,
    place: blame?.place ?? place ?? draft.place,
    fix: blame?.fix ?? draft.fix,
    notes: [...notes, ...(blame?.notes ?? [])],
  };
}
