import type { DeclaredApi } from '../../../model/declared.js';
import { isFeasible } from './feasible.js';
import type { Scope } from './scope.js';

/** An API without the branches that no values of the parameters lead to. */
export function deployable(api: DeclaredApi, scope: Scope): DeclaredApi {
  const known = new Map<string, boolean>();
  const isDeployable = ({ when }: { readonly when: readonly string[] }): boolean => {
    const all = [...new Set([...api.when, ...when])];
    const key = JSON.stringify(all);
    const decided = known.get(key) ?? isFeasible(all, scope);
    known.set(key, decided);
    return decided;
  };
  const methods = api.methods.filter(isDeployable);
  const policies = api.policies.filter(isDeployable);
  if (api.kind !== 'WEBSOCKET') return { ...api, methods, policies };
  const connects = methods.filter(({ method }) => method === '$connect');
  const combined = combinationsOf(connects.map(({ when }) => without(api.when, when)));
  const impossible = combined.filter((when) => !isDeployable({ when }));
  return { ...api, methods, policies, impossible };
}

/** More conditions than these are not combined. */
const MOST_COMBINED = 6;

/** The conditions that are not those of an API itself, which hold wherever it is. */
function without(ofApi: readonly string[], when: readonly string[]): readonly string[] {
  return when.filter((it) => !ofApi.includes(it));
}

/** Every way in which the conditions of branches can hold, or not, together. */
function combinationsOf(branches: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const all = branches.flat().filter((it) => !it.includes('='));
  const names = [...new Set(all.map((it) => it.replace(/^!/, '')))];
  if (names.length === 0 || names.length > MOST_COMBINED) return [];
  return names.reduce<readonly (readonly string[])[]>(
    (combinations, name) =>
      combinations.flatMap((it) => [
        [...it, name],
        [...it, `!${name}`],
      ]),
    [[]],
  );
}
