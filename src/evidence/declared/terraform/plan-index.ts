import type { Plan, Planned } from './plan-model.js';
import { referencesOf, referredTo } from './references.js';

export const REST_API = 'aws_api_gateway_rest_api';
export const V2_API = 'aws_apigatewayv2_api';
export const REST_APIS: ReadonlySet<string> = new Set([REST_API]);
export const V2_APIS: ReadonlySet<string> = new Set([V2_API]);
const RESOURCES: ReadonlySet<string> = new Set(['aws_api_gateway_resource', REST_API]);
const METHODS: ReadonlySet<string> = new Set(['aws_api_gateway_method']);

/** What belongs together in a plan: methods to APIs, paths to methods; each is found once. */
export class PlanIndex {
  readonly #plan: Plan;
  readonly #owners = new Map<Planned, readonly string[]>();
  readonly #paths = new Map<Planned, string | null>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** The addresses of the APIs that a resource belongs to; of one outside of the plan its id. */
  ownersOf(resource: Planned, attribute: string, types: ReadonlySet<string>): readonly string[] {
    const known = this.#owners.get(resource);
    if (known !== undefined) return known;
    const found = this.#findOwners(resource, attribute, types);
    this.#owners.set(resource, found);
    return found;
  }

  #findOwners(resource: Planned, attribute: string, types: ReadonlySet<string>): readonly string[] {
    const id = resource.after[attribute];
    const referred = referredTo(resource, attribute, types, this.#plan);
    if (typeof id === 'string') {
      const byId = this.#plan.resources.find(
        (it) => types.has(it.type) && (it.after.id === id || it.before?.id === id),
      );
      return [byId?.address ?? referred[0]?.address ?? id];
    }
    if (referred.length > 0) return referred.map(({ address }) => address);
    const [first] = referencesOf(resource.expressions[attribute]);
    return [first ?? `the API of ${resource.address}`];
  }

  /** The path of a resource: as the provider knows it, else by its parents. */
  pathOf(resource: Planned, attribute: string, depth: number): string | null {
    if (depth > 50) return null;
    const known = this.#paths.get(resource);
    if (known !== undefined) return known;
    const path = this.#findPath(resource, attribute, depth);
    this.#paths.set(resource, path);
    return path;
  }

  #findPath(resource: Planned, attribute: string, depth: number): string | null {
    const id = resource.after[attribute];
    const { resources } = this.#plan;
    const byId =
      typeof id === 'string'
        ? resources.find((it) => it.after.id === id || it.before?.id === id)
        : undefined;
    if (typeof id === 'string' && byId === undefined) {
      const root = resources.find(
        (it) =>
          it.type === REST_API && (it.after.root_resource_id ?? it.before?.root_resource_id) === id,
      );
      if (root !== undefined) return '/';
    }
    const referred =
      byId === undefined ? referredTo(resource, attribute, RESOURCES, this.#plan) : [byId];
    const paths = new Set(
      referred.map((it) => {
        if (it.type === REST_API) return '/';
        if (typeof it.after.path === 'string' && it.after.path !== '') return it.after.path;
        const parent = this.pathOf(it, 'parent_id', depth + 1);
        const part = it.after.path_part;
        if (parent === null || typeof part !== 'string') return null;
        return `${parent === '/' ? '' : parent}/${part}`;
      }),
    );
    const [only = null] = paths;
    return paths.size === 1 ? only : null;
  }

  /** The resources of a type that stand beside a method: the same path, API and verb. */
  beside(resource: Planned, method: string, type: string): readonly Planned[] {
    const path = this.pathOf(resource, 'resource_id', 0);
    const owners = this.ownersOf(resource, 'rest_api_id', REST_APIS).join();
    return this.#plan.resources.filter((it) => {
      if (it.type !== type || it.module !== resource.module) return false;
      const verb = it.after.http_method;
      const isSameVerb =
        typeof verb === 'string'
          ? verb.toUpperCase() === method
          : referredTo(it, 'http_method', METHODS, this.#plan).some(
              ({ address }) => address === resource.address,
            );
      return (
        isSameVerb &&
        this.pathOf(it, 'resource_id', 0) === path &&
        this.ownersOf(it, 'rest_api_id', REST_APIS).join() === owners
      );
    });
  }
}
