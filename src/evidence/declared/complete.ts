import type { DeclaredApi, Unresolved } from '../../model/declared.js';

/**
 * An API without a single method is no protected API: its methods are somewhere else. Of one that files only
 * add a policy to, that policy is judged, and nothing is said of the rest.
 */
export function complete(api: DeclaredApi): DeclaredApi {
  if (api.isElsewhere === true && api.policies.length > 0) return api;
  if (api.methods.length > 0 || api.unresolved.length > 0 || api.undeployable.length > 0)
    return api;
  const what = api.kind === 'REST' ? 'method' : 'route';
  const unresolved: Unresolved = {
    reason: `no ${what} of this API is declared in the files that were read`,
    give: `name the file that declares its ${what}s too`,
    place: api.place,
  };
  return { ...api, unresolved: [unresolved] };
}
