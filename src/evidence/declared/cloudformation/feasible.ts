import {
  entriesOf,
  get,
  isList,
  isMap,
  isScalar,
  type Node,
  onlyEntry,
  scalar,
  scalarText,
} from '../node.js';
import { conditionHolds } from './conditions.js';
import { fold } from './fold.js';
import type { Scope } from './scope.js';

/** Beyond so many combinations of values a branch is taken for one that can be deployed. */
const MOST_COMBINATIONS = 512;

/**
 * Whether a branch can be deployed at all: some values of the parameters make every one of its conditions
 * hold (`IsProd`, `!IsDev`, `Stage=dev`). What is not known of a condition may hold.
 */
export function isFeasible(when: readonly string[], scope: Scope): boolean {
  const domains = domainsOf(when, scope);
  const combinations = [...domains.values()].reduce((product, it) => product * it.length, 1);
  if (domains.size === 0 || combinations > MOST_COMBINATIONS) return true;
  return assignmentsOf([...domains]).some((values) => {
    const given = new Map([...scope.given, ...values]);
    const assigned = { ...scope, given };
    return when.every((it) => mayHold(it, values, assigned));
  });
}

type Values = ReadonlyMap<string, Node>;

function mayHold(condition: string, values: Values, scope: Scope): boolean {
  const equals = condition.indexOf('=');
  if (equals > 0) {
    const value = values.get(condition.slice(0, equals));
    return value === undefined || scalarText(value) === condition.slice(equals + 1);
  }
  const isNegated = condition.startsWith('!');
  const holds = conditionHolds(isNegated ? condition.slice(1) : condition, scope, fold);
  return holds === null || holds !== isNegated;
}

/** Every way to give each parameter one of its values. */
function assignmentsOf(
  domains: readonly (readonly [string, readonly Node[]])[],
): readonly Values[] {
  return domains.reduce<readonly Values[]>(
    (all, [name, nodes]) =>
      all.flatMap((values) => nodes.map((node) => new Map([...values, [name, node]]))),
    [new Map()],
  );
}

/** The values of the parameters that the conditions are made of, where they are few, and none is given. */
function domainsOf(when: readonly string[], scope: Scope): ReadonlyMap<string, readonly Node[]> {
  const compared = new Compared(scope);
  for (const it of when) {
    const equals = it.indexOf('=');
    if (equals > 0) compared.addName(it.slice(0, equals));
    else compared.addCondition(it.replace(/^!/, ''));
  }
  compared.visitAll();
  return new Map(
    [...compared.parameters].flatMap((name) => {
      const nodes = valuesOf(name, compared.literals.get(name) ?? [], compared.isOpen(name), scope);
      return nodes === null ? [] : [[name, nodes] as const];
    }),
  );
}

/** `null` where a parameter may have any value, or has its value already. */
function valuesOf(
  name: string,
  literals: readonly Node[],
  isOpen: boolean,
  scope: Scope,
): readonly Node[] | null {
  const [parameter, ...others] = entriesOf(scope.parameters, name);
  if (parameter === undefined || others.length > 0 || scope.given.has(name)) return null;
  if (/^(CommaDelimitedList$|List<)/.test(scalarText(get(parameter.value, 'Type')) ?? ''))
    return null;
  const allowed = get(parameter.value, 'AllowedValues');
  if (isList(allowed)) return allowed.items.every(isScalar) ? allowed.items : null;
  if (isOpen) return null;
  const [first] = literals;
  // All that no condition names are alike.
  return first === undefined
    ? null
    : [...literals, scalar(`other than ${literals.map(scalarText).join()}`, first.at)];
}

/** What conditions compare parameters with. */
class Compared {
  readonly #scope: Scope;
  readonly #seen = new Set<string>();
  readonly #pending: string[] = [];
  readonly #open = new Set<string>();
  readonly parameters = new Set<string>();
  readonly literals = new Map<string, Node[]>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** Whether a parameter is compared with something else than a text: two unknown values may be equal. */
  isOpen(name: string): boolean {
    return this.#open.has(name);
  }

  addName(name: string): void {
    this.parameters.add(name);
  }

  addCondition(name: string): void {
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    this.#pending.push(name);
  }

  /** Looks at the conditions that were added, and at those that they name, however long their chain is. */
  visitAll(): void {
    const { conditions } = this.#scope;
    const written = Map.groupBy(isMap(conditions) ? conditions.entries : [], ({ key }) => key);
    for (let name = this.#pending.pop(); name !== undefined; name = this.#pending.pop()) {
      for (const { value } of written.get(name) ?? []) this.#visit(value);
    }
  }

  #visit(node: Node): void {
    const only = onlyEntry(node);
    if (only?.key === 'Condition') this.addCondition(scalarText(only.value) ?? '');
    else if (only?.key === 'Fn::Equals' && isList(only.value)) this.#visitEquals(only.value.items);
    else if (only?.key === 'Ref') this.#addOpen(scalarText(only.value) ?? '');
    else if (only?.key === 'Fn::Sub') this.#addAllOpen();
    else if (isMap(node)) for (const { value } of node.entries) this.#visit(value);
    else if (isList(node)) for (const item of node.items) this.#visit(item);
  }

  #visitEquals(parts: readonly Node[]): void {
    for (const [at, part] of parts.entries()) {
      const other = parts[1 - at];
      const name = onlyEntry(part)?.key === 'Ref' ? scalarText(onlyEntry(part)?.value) : undefined;
      if (name === undefined || other === undefined || !isScalar(other)) this.#visit(part);
      else {
        this.parameters.add(name);
        this.literals.set(name, [...(this.literals.get(name) ?? []), other]);
      }
    }
  }

  #addOpen(name: string): void {
    this.parameters.add(name);
    this.#open.add(name);
  }

  /** A text may be made of any of them. */
  #addAllOpen(): void {
    const { parameters } = this.#scope;
    if (isMap(parameters)) for (const { key } of parameters.entries) this.#addOpen(key);
  }
}
