import { hasTexts, isRecord } from '../../../model/json-data.js';

type Data = Readonly<Record<string, unknown>>;

/** A resource as it will be once the plan is applied. */
export interface Planned {
  readonly address: string;
  /** Of the module that declares it, with its keys: `module.api["a"]`; empty for the root. */
  readonly module: string;
  readonly type: string;
  readonly name: string;
  readonly index: string | number | null;
  readonly after: Data;
  /** `true` where a value is known after the apply alone. */
  readonly unknown: Data;
  readonly before: Data | null;
  /** Whether the plan creates, changes or replaces it. */
  readonly isChanged: boolean;
  /** The expressions of its configuration, by attribute. */
  readonly expressions: Data;
}

/** A module of the configuration. */
export interface Module {
  readonly resources: ReadonlyMap<string, Data>;
  readonly calls: ReadonlyMap<string, Call>;
  readonly outputs: Data;
  readonly variables: Data;
}

export interface Call {
  readonly source: string | undefined;
  readonly expressions: Data;
  readonly module: Module;
}

export interface Plan {
  readonly resources: readonly Planned[];
  readonly root: Module;
  /** Values of the root module's variables. */
  readonly variables: Data;
  readonly isErrored: boolean;
  readonly isComplete: boolean;
}

/** Reads the JSON of a plan, or says why it is none. Terraform's "JSON Output Format" gives the form. */
export function readPlanData(data: unknown): Plan | { readonly problem: string } {
  if (!isRecord(data)) return { problem: 'is no JSON of a plan' };
  const version = data.format_version;
  const isState =
    Object.hasOwn(data, 'lineage') || (!Object.hasOwn(data, 'planned_values') && 'values' in data);
  if (isState) {
    return { problem: 'is a state, not a plan: give `terraform show -json` of a plan' };
  }
  const isPlan = Array.isArray(data.resource_changes) || Object.hasOwn(data, 'planned_values');
  if (typeof version !== 'string' || !isPlan) {
    return { problem: 'is no JSON of a plan: give `terraform show -json` of a plan file' };
  }
  const major = majorProblem(version);
  if (major !== null) return major;
  const root = moduleOf(isRecord(data.configuration) ? data.configuration.root_module : null, 0);
  const changes: readonly unknown[] = Array.isArray(data.resource_changes)
    ? data.resource_changes
    : [];
  const changed = new Set(changes.map((it) => asRecord(it).address));
  // A plan without changes, as of -refresh-only, may leave out what stays as it is.
  const unchanged = valuesIn(asRecord(data.planned_values).root_module, '', 0)
    .filter(({ address }) => !changed.has(address))
    .map(({ values, ...it }) => ({
      ...it,
      change: { actions: ['no-op'], before: values, after: values },
    }));
  return {
    resources: [...changes, ...unchanged].flatMap((it) => plannedOf(it, root)),
    root,
    variables: asRecord(data.variables),
    isErrored: data.errored === true,
    isComplete: isWhole(data),
  };
}

/** The resources of `planned_values`, with the address of their module. */
function valuesIn(module: unknown, address: string, depth: number): readonly Data[] {
  if (depth > 50) return [];
  const { resources, child_modules: children } = asRecord(module);
  const own: readonly unknown[] = Array.isArray(resources) ? resources : [];
  const called: readonly unknown[] = Array.isArray(children) ? children : [];
  return [
    ...own.filter(isRecord).map((it) => ({ ...it, module_address: address })),
    ...called.flatMap((it) => {
      const inside = asRecord(it).address;
      return valuesIn(it, typeof inside === 'string' ? inside : address, depth + 1);
    }),
  ];
}

/** `complete` is younger than the format, and deferred changes are told by themselves as well. */
function isWhole({ complete, deferred_changes: deferred }: Data): boolean {
  return complete !== false && !(Array.isArray(deferred) && deferred.length > 0);
}

function majorProblem(version: string): { readonly problem: string } | null {
  return /^1\.\d/.test(version)
    ? null
    : { problem: `has the format version ${version}, and the gate reads 1.x` };
}

/** Data as a record; an empty one of anything else. */
export const asRecord = (data: unknown): Data => (isRecord(data) ? data : {});

function moduleOf(data: unknown, depth: number): Module {
  const module = asRecord(data);
  const listed: readonly unknown[] = Array.isArray(module.resources) ? module.resources : [];
  const resources = new Map<string, Data>();
  for (const it of listed) {
    if (hasTexts(it, ['address'])) resources.set(it.address, it);
  }
  const calls = new Map<string, Call>();
  for (const [name, call] of Object.entries(asRecord(module.module_calls))) {
    if (!isRecord(call) || depth > 50) continue;
    calls.set(name, {
      source: typeof call.source === 'string' ? call.source : undefined,
      expressions: asRecord(call.expressions),
      module: moduleOf(call.module, depth + 1),
    });
  }
  return {
    ...{ resources, calls },
    outputs: asRecord(module.outputs),
    variables: asRecord(module.variables),
  };
}

function plannedOf(data: unknown, root: Module): readonly Planned[] {
  if (!hasTexts(data, ['address', 'type', 'name']) || data.mode === 'data') return [];
  const change = asRecord(data.change);
  const listed: readonly unknown[] = Array.isArray(change.actions) ? change.actions : [];
  const actions = listed.filter((it) => typeof it === 'string');
  if (actions.length === 1 && actions[0] === 'delete') return [];
  const module = typeof data.module_address === 'string' ? data.module_address : '';
  const before = isRecord(change.before) ? change.before : null;
  const { index } = data;
  const declared = moduleAt(root, module)?.resources.get(`${data.type}.${data.name}`);
  const planned = {
    address: data.address,
    module,
    type: data.type,
    name: data.name,
    index: typeof index === 'string' || typeof index === 'number' ? index : null,
    before,
    isChanged: actions.some((it) => it === 'create' || it === 'update'),
    expressions: asRecord(declared?.expressions),
  };
  // What is forgotten stays as it is, without Terraform; also where another one is created in its place
  // (`["create", "forget"]` of Terraform, `["forget", "create"]` of OpenTofu, for `destroy = false`).
  const isForgotten = actions.includes('forget');
  const left = { ...planned, after: before ?? {}, unknown: {}, isChanged: false };
  if (isForgotten && !planned.isChanged) return [left];
  const created = {
    ...planned,
    after: asRecord(change.after),
    unknown: asRecord(change.after_unknown),
  };
  return isForgotten ? [created, left] : [created];
}

/** The names of the modules on the way to an address, without their keys. */
export function moduleNames(module: string): readonly string[] {
  return [...module.matchAll(/module\.([\w-]+)(\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?\.?/g)].map(
    ([, name = '']) => name,
  );
}

export function moduleAt(root: Module, module: string): Module | undefined {
  let found: Module | undefined = root;
  for (const name of moduleNames(module)) found = found?.calls.get(name)?.module;
  return found;
}

/** The address of the module around one: `module.a["x"]` of `module.a["x"].module.b`. */
export function parentModule(module: string): { readonly parent: string; readonly name: string } {
  const found = /^(?:(.*)\.)?module\.([\w-]+)(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?$/.exec(module);
  return { parent: found?.[1] ?? '', name: found?.[2] ?? '' };
}
