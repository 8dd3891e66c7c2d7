import type { Place } from '../../../model/declared.js';
import {
  type Entry,
  entryOf,
  get,
  isList,
  isMap,
  isNull,
  list,
  type MapNode,
  map,
  type Node,
  onlyEntry,
  scalar,
  scalarText,
  withEntry,
} from '../node.js';
import type { Blame } from '../openapi/paths.js';
import { truthy } from './python.js';
import { Refusal } from './refusal.js';

export const INTEGRATION = 'x-amazon-apigateway-integration';
export const ANY_METHOD = 'x-amazon-apigateway-any-method';

/** The lower-case name of a method, and the extension for `any`, as the translator normalizes it. */
export function normalized(method: string): string {
  const lower = method.toLowerCase();
  return lower === 'any' ? ANY_METHOD : lower;
}

/**
 * The document of an API while SAM's rules write it. Like the translator, it looks into one `Fn::If`
 * and not into an `Fn::If` within it.
 */
export class Body {
  /** Its paths are those of `#paths`, once they were put there. */
  #written: MapNode;
  #paths: PathTable | null = null;
  readonly #blames: WeakMap<Node, Blame>;

  constructor(document: MapNode, blames: WeakMap<Node, Blame>) {
    this.#written = document;
    this.#blames = blames;
  }

  get document(): MapNode {
    return this.#document;
  }

  get #document(): MapNode {
    const paths = this.#paths;
    if (paths?.isEdited === true) {
      this.#written = withEntry(this.#written, { key: 'paths', at: paths.at, value: paths.node() });
    }
    return this.#written;
  }

  set #document(document: MapNode) {
    this.#written = document;
    this.#paths = null;
  }

  set(key: string, value: Node): void {
    this.#document = withEntry(this.#document, { key, at: value.at, value });
  }

  remove(key: string): void {
    const entries = this.#document.entries.filter((it) => it.key !== key);
    this.#document = { ...this.#document, entries };
  }

  get paths(): readonly Entry[] {
    const paths = get(this.#document, 'paths');
    return isMap(paths) ? paths.entries : [];
  }

  /** The keys of a path's item in every branch of it, as the translator counts methods: all of them. */
  methodsOf(path: string): readonly string[] {
    return this.#pathsAt(this.#written.at)
      .all(path)
      .flatMap(({ value }) => branchesOf(value))
      .flatMap((item) => (isMap(item) ? item.entries.map(({ key }) => key) : []));
  }

  /** @param at of the paths where there are none yet. */
  #pathsAt(at: Place): PathTable {
    this.#paths ??= new PathTable(get(this.#written, 'paths'), at);
    return this.#paths;
  }

  blame(operation: Node, blame: Blame): void {
    this.#blames.set(operation, blame);
  }

  blameOf(operation: Node): Blame | undefined {
    return this.#blames.get(operation);
  }

  /** Changes each branch of a path's item, and adds the path where it is not there. */
  editPath(path: string, at: Place, edit: (item: MapNode) => MapNode): void {
    this.#pathsAt(at).edit({ key: path, at, value: map([], at) }, (it) => {
      const value = inBranches(it.value, (item) => {
        if (isMap(item)) return edit(item);
        throw new Refusal(
          `Value of '${path}' path must be a dictionary according to Swagger spec.`,
          it.at,
        );
      });
      return { ...it, value };
    });
  }

  /** The item of a path, as it is written. */
  itemOf(path: string): Node | undefined {
    return this.#pathsAt(this.#written.at).last(path)?.value;
  }

  /** Puts an item in for every one of its path, or adds it. */
  setItem(item: Entry): void {
    this.#pathsAt(item.at).edit(item, () => item);
  }

  /** Changes each branch of every operation of a path, but for the keys that are no methods. */
  editOperations(
    path: string,
    ignored: ReadonlySet<string>,
    edit: (operation: MapNode, method: string) => MapNode,
  ): void {
    const at = this.#document.at;
    this.editPath(path, at, (item) => ({
      ...item,
      entries: item.entries.map((it) =>
        ignored.has(it.key) ? it : { ...it, value: this.#edited(it, path, edit) },
      ),
    }));
  }

  #edited(
    { key, value, at }: Entry,
    path: string,
    edit: (operation: MapNode, method: string) => MapNode,
  ): Node {
    return inBranches(value, (operation) => {
      if (!isMap(operation)) {
        throw new Refusal(`Definition of method '${key}' for path '${path}' should be a map.`, at);
      }
      const edited = edit(operation, normalized(key));
      const blame = this.#blames.get(operation);
      if (blame !== undefined && !this.#blames.has(edited)) this.#blames.set(edited, blame);
      return edited;
    });
  }

  /** Changes each branch of one operation that is there. */
  editOperation(path: string, method: string, edit: (operation: MapNode) => MapNode): void {
    const key = normalized(method);
    this.editPath(path, this.#document.at, (item) => ({
      ...item,
      entries: item.entries.map((it) =>
        it.key === key ? { ...it, value: this.#edited(it, path, (one) => edit(one)) } : it,
      ),
    }));
  }

  addPath(path: string, method: string, at: Place): void {
    const key = normalized(method);
    this.editPath(path, at, (item) =>
      entryOf(item, key) === undefined
        ? { ...item, entries: [...item.entries, { key, at, value: map([], at) }] }
        : item,
    );
  }

  /** Whether every branch of a path has the method, with an integration in one of its branches. */
  hasIntegration(path: string, method: string): boolean {
    const item = this.itemOf(path);
    if (item === undefined) return false;
    return branchesOf(item).every((branch) => {
      const operation = get(branch, normalized(method));
      return (
        operation !== undefined &&
        branchesOf(operation).some((one) => truthy(get(one, INTEGRATION)))
      );
    });
  }

  makePathConditional(path: string, condition: string): void {
    const { at } = this.#written;
    this.#pathsAt(at).edit({ key: path, at, value: map([], at) }, (it) => ({
      ...it,
      value: conditional(condition, it.value),
    }));
  }

  /** Defines a scheme, at `securityDefinitions` or at `components.securitySchemes`. */
  defineScheme(holder: readonly string[], name: string, scheme: Node, replace: boolean): void {
    const old = get(this.#document, ...holder);
    if (truthy(old) && !isMap(old)) {
      throw new Refusal(`${holder.at(-1) ?? ''} must be a dictionary.`, old.at);
    }
    const schemes = isMap(old) ? old : map([], scheme.at);
    if (!replace && entryOf(schemes, name) !== undefined) return;
    const added = withEntry(schemes, { key: name, at: scheme.at, value: scheme });
    this.#document = withIn(this.#document, holder, added);
  }

  /**
   * In OpenAPI 3 the schemes that SAM wrote take the place of the document's own, as the translator
   * does it: `components.securitySchemes` is set, not merged. Where `OpenApiVersion` is given, that says
   * whether it is OpenAPI 3, and not the document: schemes may stay where OpenAPI 3 does not look.
   */
  moveDefinitions(openApiVersion: Node | undefined): void {
    const definitions = get(this.#document, 'securityDefinitions');
    const isGiven = openApiVersion !== undefined && !isNull(openApiVersion);
    const version = isGiven ? openApiVersion : get(this.#document, 'openapi');
    const isVersion3 = /^3(\.\d)(\.\d)?$/.test(scalarText(version) ?? '');
    if (get(this.#document, 'swagger') !== undefined || !isVersion3 || !truthy(definitions)) return;
    this.#document = withIn(this.#document, ['components', 'securitySchemes'], definitions);
    this.remove('securityDefinitions');
  }
}

/** The paths of a document while they are written, one after the other: there may be thousands. */
class PathTable {
  readonly at: Place;
  readonly #entries: Entry[];
  readonly #indexes = new Map<string, number[]>();
  #edited = false;

  constructor(paths: Node | undefined, at: Place) {
    this.at = paths?.at ?? at;
    this.#entries = isMap(paths) ? [...paths.entries] : [];
    for (const [index, { key }] of this.#entries.entries()) this.#note(key, index);
  }

  /** Whether the document does not have what was written yet. */
  get isEdited(): boolean {
    return this.#edited;
  }

  node(): MapNode {
    this.#edited = false;
    return map([...this.#entries], this.at);
  }

  /** Every entry of a path: a document may write it twice. */
  all(path: string): readonly Entry[] {
    return (this.#indexes.get(path) ?? []).flatMap((index) => this.#entries[index] ?? []);
  }

  last(path: string): Entry | undefined {
    return this.all(path).at(-1);
  }

  /** Changes every entry of a path, and adds one where there is none. */
  edit(fresh: Entry, change: (entry: Entry) => Entry): void {
    const indexes = this.#indexes.get(fresh.key);
    const changed = (indexes ?? []).map((index) => change(this.#entries[index] ?? fresh));
    if (indexes === undefined) {
      const added = change(fresh);
      this.#note(fresh.key, this.#entries.length);
      this.#entries.push(added);
    }
    for (const [at, index] of (indexes ?? []).entries()) {
      this.#entries[index] = changed[at] ?? fresh;
    }
    this.#edited = true;
  }

  #note(key: string, index: number): void {
    const indexes = this.#indexes.get(key);
    if (indexes === undefined) this.#indexes.set(key, [index]);
    else indexes.push(index);
  }
}

/** The map with a value set at a way of keys; what is no map on the way is replaced by one. */
function withIn(node: MapNode, way: readonly string[], value: Node): MapNode {
  const [key, ...rest] = way;
  if (key === undefined) return node;
  const old = get(node, key);
  const inner =
    rest.length === 0 ? value : withIn(isMap(old) ? old : map([], value.at), rest, value);
  return withEntry(node, { key, at: inner.at, value: inner });
}

/** The branches that a value can have, but for `AWS::NoValue`. */
function branchesOf(node: Node): readonly Node[] {
  const branches = entryOf(node, 'Fn::If')?.value;
  if (branches === undefined) return [node];
  if (!isList(branches)) throw new Refusal('Value of Fn::If must be a list.', node.at);
  return branches.items.slice(1).filter((it) => !isNoValue(it));
}

function inBranches(node: Node, edit: (branch: Node) => Node): Node {
  const found = entryOf(node, 'Fn::If');
  if (found === undefined || !isMap(node)) return edit(node);
  if (!isList(found.value)) throw new Refusal('Value of Fn::If must be a list.', node.at);
  const items = found.value.items.map((it, index) =>
    index === 0 || isNoValue(it) ? it : edit(it),
  );
  return withEntry(node, { ...found, value: { ...found.value, items } });
}

function isNoValue(node: Node): boolean {
  const only = onlyEntry(node);
  return only?.key === 'Ref' && scalarText(only.value) === 'AWS::NoValue';
}

export function conditional(condition: string, value: Node): MapNode {
  const { at } = value;
  const noValue = map([{ key: 'Ref', at, value: scalar('AWS::NoValue', at) }], at);
  const branches = list([scalar(condition, at), value, noValue], at);
  return map([{ key: 'Fn::If', at, value: branches }], at);
}
