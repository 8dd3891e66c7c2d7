import { hasTexts, jsonOf } from '../../model/json-data.js';

/** What the job enforces: a journal about anything else is not obeyed. */
export interface JobScope {
  readonly region: string;
  readonly apiIds: readonly string[] | '*';
}

/** Reads the scope that the main step saved for its post step; a scope of nothing where it saved none. */
export function parseJobScope(state: string): JobScope {
  const data = jsonOf(state);
  if (!hasTexts(data, ['region'])) return { region: '', apiIds: [] };
  const { region, apiIds } = data;
  if (apiIds === '*') return { region, apiIds };
  return { region, apiIds: isTexts(apiIds) ? apiIds : [] };
}

function isTexts(data: unknown): data is readonly string[] {
  return Array.isArray(data) && data.every((text) => typeof text === 'string');
}
