import { fold } from '../cloudformation/fold.js';
import { isParameter, type Scope } from '../cloudformation/scope.js';
import { isList, isMap, type Node, onlyEntry, scalarText } from '../node.js';

/** One choice of values for the parameters that decide what SAM writes. */
export interface Assignment {
  readonly values: ReadonlyMap<string, Node>;
  readonly when: readonly string[];
}

/** More choices than these are not worth telling apart. */
const MAX_ASSIGNMENTS = 64;

/** What stands in them are user pools, functions and issuers: their names and keys alone decide of a type. */
const AUTHORIZERS = 'Authorizers';

/** The parameters that decide in a value, which refers to them by `Ref`: that is all that SAM resolves in it. */
export function parametersIn(node: Node | undefined, scope: Scope): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (it: Node | undefined): void => {
    if (isList(it)) it.items.forEach(visit);
    if (!isMap(it)) return;
    const only = onlyEntry(it);
    const name = only?.key === 'Ref' ? scalarText(only.value) : undefined;
    if (name !== undefined && isParameter(scope, name)) found.add(name);
    else for (const { key, value } of it.entries) if (key !== AUTHORIZERS) visit(value);
  };
  visit(node);
  return found;
}

/** Every choice of the parameters that have several values. */
export function assignmentsOf(names: ReadonlySet<string>, scope: Scope): readonly Assignment[] {
  let all: readonly Assignment[] = [{ values: new Map(), when: [] }];
  for (const name of names) {
    const values = valuesOf(name, scope).filter((it) => it.kind === 'known');
    if (values.length < 2 || all.length * values.length > MAX_ASSIGNMENTS) continue;
    all = all.flatMap((so) =>
      values.map((value) => ({
        values: new Map([...so.values, [name, value.node]]),
        when: [...so.when, ...value.when],
      })),
    );
  }
  return all;
}

function valuesOf(name: string, scope: Scope) {
  const at = { file: '', line: 1, column: 1 };
  const reference: Node = {
    kind: 'map',
    entries: [{ key: 'Ref', at, value: { kind: 'scalar', value: name, text: name, at } }],
    at,
  };
  return fold(reference, scope);
}

/** Puts values in for references to parameters, as SAM does before it reads `Auth`. */
export class Resolver {
  readonly #scope: Scope;
  readonly #assignment: Assignment;
  /** What the values that were put in assume. */
  readonly assumes = new Set<string>();

  constructor(scope: Scope, assignment: Assignment) {
    this.#scope = scope;
    this.#assignment = assignment;
  }

  resolve(node: Node | undefined): Node | undefined {
    return node === undefined ? undefined : this.#within(node, true);
  }

  /** Whether a value is a reference to a parameter that nobody knows yet. */
  isUnknown(node: Node): boolean {
    const only = onlyEntry(node);
    const name = only?.key === 'Ref' ? scalarText(only.value) : undefined;
    return name !== undefined && isParameter(this.#scope, name);
  }

  #within(node: Node, decides: boolean): Node {
    if (isList(node)) {
      return { ...node, items: node.items.map((it) => this.#within(it, decides)) };
    }
    if (!isMap(node)) return node;
    const only = onlyEntry(node);
    const name = only?.key === 'Ref' ? scalarText(only.value) : undefined;
    if (name !== undefined && isParameter(this.#scope, name))
      return this.#valueOf(name, node, decides);
    return {
      ...node,
      entries: node.entries.map((it) => ({
        ...it,
        value: this.#within(it.value, decides && it.key !== AUTHORIZERS),
      })),
    };
  }

  #valueOf(name: string, reference: Node, decides: boolean): Node {
    const chosen = this.#assignment.values.get(name);
    if (chosen !== undefined) return { ...chosen, at: reference.at };
    const values = valuesOf(name, this.#scope);
    const [only] = values;
    if (values.length !== 1 || only?.kind !== 'known') return reference;
    if (decides) for (const assumed of only.assumes) this.assumes.add(assumed);
    return { ...only.node, at: reference.at };
  }
}
