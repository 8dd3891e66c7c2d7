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
import type { Blame } from '../openapi/document.js';
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
  #document: MapNode;
  readonly #blames: WeakMap<Node, Blame>;

  constructor(document: MapNode, blames: WeakMap<Node, Blame>) {
    this.#document = document;
    this.#blames = blames;
  }

  get document(): MapNode {
    return this.#document;
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
    return this.paths
      .filter(({ key }) => key === path)
      .flatMap(({ value }) => branchesOf(value))
      .flatMap((item) => (isMap(item) ? item.entries.map(({ key }) => key) : []));
  }

  blame(operation: Node, blame: Blame): void {
    this.#blames.set(operation, blame);
  }

  blameOf(operation: Node): Blame | undefined {
    return this.#blames.get(operation);
  }

  /** Changes each branch of a path's item, and adds the path where it is not there. */
  editPath(path: string, at: Place, edit: (item: MapNode) => MapNode): void {
    const found = this.paths.some(({ key }) => key === path);
    const entries = found ? this.paths : [...this.paths, { key: path, at, value: map([], at) }];
    const edited = entries.map((it) => {
      if (it.key !== path) return it;
      const value = inBranches(it.value, (item) => {
        if (isMap(item)) return edit(item);
        throw new Refusal(
          `Value of '${path}' path must be a dictionary according to Swagger spec.`,
          it.at,
        );
      });
      return { ...it, value };
    });
    const old = get(this.#document, 'paths');
    this.set('paths', map(edited, old?.at ?? at));
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
    const item = this.paths.findLast(({ key }) => key === path)?.value;
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
    const edited = this.paths.map((it) =>
      it.key === path ? { ...it, value: conditional(condition, it.value) } : it,
    );
    const at = get(this.#document, 'paths')?.at ?? this.#document.at;
    this.set('paths', map(edited, at));
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
