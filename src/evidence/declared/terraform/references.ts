import { isRecord } from '../../../model/json-data.js';
import { moduleAt, type Plan, type Planned, parentModule } from './plan-model.js';

/**
 * The resources that an attribute speaks of, by the references of its configuration: for a new API
 * the ids are known after the apply alone. Follows variables into the module that calls, and outputs
 * into the module that is called. More than one where nobody can tell which.
 */
export function referredTo(
  resource: Planned,
  name: string,
  types: ReadonlySet<string>,
  plan: Plan,
): readonly Planned[] {
  const expression = resource.expressions[name];
  return resolve(referencesOf(expression), resource.module, resource, types, plan, 0);
}

/** The references of an expression: the longest form of each first. */
export function referencesOf(expression: unknown): readonly string[] {
  const listed = isRecord(expression) ? expression.references : null;
  return Array.isArray(listed) ? listed.filter((it) => typeof it === 'string') : [];
}

function resolve(
  references: readonly string[],
  module: string,
  from: Planned,
  types: ReadonlySet<string>,
  plan: Plan,
  depth: number,
): readonly Planned[] {
  if (depth > 30) return [];
  for (const reference of references) {
    const found = resolveOne(reference, module, from, types, plan, depth);
    if (found.length > 0) return found;
  }
  return [];
}

function resolveOne(
  reference: string,
  module: string,
  from: Planned,
  types: ReadonlySet<string>,
  plan: Plan,
  depth: number,
): readonly Planned[] {
  const parts = /^([\w-]+)\.([\w-]+)(\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?(?:\.([\w-]+))?/.exec(
    reference,
  );
  const [, first = '', second = '', key = '', third = ''] = parts ?? [];
  if (first === 'var') {
    if (module === '') return [];
    const { parent, name } = parentModule(module);
    const call = moduleAt(plan.root, parent)?.calls.get(name);
    const given = referencesOf(call?.expressions[second]);
    return resolve(given, parent, from, types, plan, depth + 1);
  }
  if (first === 'module') {
    const output = moduleAt(plan.root, module)?.calls.get(second)?.module.outputs[third];
    const given = isRecord(output) ? referencesOf(output.expression) : [];
    const called = `module.${second}${key}`;
    const prefix = module === '' ? called : `${module}.${called}`;
    const inside = instancesOf(prefix, plan);
    return inside.flatMap((it) => resolve(given, it, from, types, plan, depth + 1));
  }
  if (!types.has(first)) return [];
  return instances(first, second, key, module, from, plan);
}

/** The addresses of a called module, with its keys, as the plan has them. */
function instancesOf(prefix: string, plan: Plan): readonly string[] {
  const found = new Set<string>();
  for (const { module } of plan.resources) {
    if (module === prefix || module.startsWith(`${prefix}[`) || module.startsWith(`${prefix}.`)) {
      const rest = module.slice(prefix.length);
      const key = /^\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/.exec(rest)?.[0] ?? '';
      found.add(`${prefix}${key}`);
    }
  }
  return [...found];
}

/** The resources of a plan by type, name and module, once: each may be referred to by many. */
const BY_NAME = new WeakMap<Plan, ReadonlyMap<string, readonly Planned[]>>();

function byName(plan: Plan): ReadonlyMap<string, readonly Planned[]> {
  const known = BY_NAME.get(plan);
  if (known !== undefined) return known;
  const made = Map.groupBy(plan.resources, ({ type, name, module }) =>
    JSON.stringify([type, name, module]),
  );
  BY_NAME.set(plan, made);
  return made;
}

function instances(
  type: string,
  name: string,
  key: string,
  module: string,
  from: Planned,
  plan: Plan,
): readonly Planned[] {
  const all = byName(plan).get(JSON.stringify([type, name, module])) ?? [];
  if (key !== '') {
    const index: unknown = JSON.parse(key.slice(1, -1));
    return all.filter((it) => it.index === index);
  }
  if (all.length > 1 && from.index !== null) {
    const same = all.filter(({ index }) => index === from.index);
    if (same.length > 0) return same;
  }
  return all;
}

/**
 * Whether an attribute is a variable that nobody sets: its value is null, as if the attribute were not there.
 * A module hands such a variable on to what a caller need not give (`policy = var.policy`).
 */
export function isOfNullVariable(resource: Planned, name: string, plan: Plan): boolean {
  return isNull(resource.expressions[name], resource.module, plan, 0);
}

function isNull(expression: unknown, module: string, plan: Plan, depth: number): boolean {
  if (depth > 30) return false;
  if (isRecord(expression) && 'constant_value' in expression) {
    return expression.constant_value === null;
  }
  const [only, ...others] = referencesOf(expression);
  const variable = /^var\.([\w-]+)$/.exec(only ?? '')?.[1];
  if (variable === undefined || others.length > 0) return false;
  if (module === '') {
    const given = plan.variables[variable];
    const value: unknown = isRecord(given) ? given.value : undefined;
    return (value ?? defaultOf(variable, module, plan)) === null;
  }
  const { parent, name } = parentModule(module);
  const call = moduleAt(plan.root, parent)?.calls.get(name);
  if (call === undefined) return false;
  const given = call.expressions[variable];
  if (given === undefined) return defaultOf(variable, module, plan) === null;
  return isNull(given, parent, plan, depth + 1);
}

/** The default of a declared variable, `null` where it has none; `undefined` of one that is not declared. */
function defaultOf(name: string, module: string, plan: Plan): unknown {
  const declared = moduleAt(plan.root, module)?.variables[name];
  return isRecord(declared) ? (declared.default ?? null) : undefined;
}
