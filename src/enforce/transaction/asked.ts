import { hasTexts, jsonOf } from '../../model/json-data.js';

/** What the job was asked to enforce: a journal about anything else is not obeyed. */
export interface Asked {
  readonly region: string;
  readonly apiIds: readonly string[] | '*';
}

/**
 * What the main step left to its post step of it. Text that is none was left by nobody: nothing was asked.
 */
export function parseAsked(state: string): Asked {
  const data = jsonOf(state);
  if (!hasTexts(data, ['region'])) return { region: '', apiIds: [] };
  const { region, apiIds } = data;
  if (apiIds === '*') return { region, apiIds };
  return { region, apiIds: isTexts(apiIds) ? apiIds : [] };
}

function isTexts(data: unknown): data is readonly string[] {
  return Array.isArray(data) && data.every((text) => typeof text === 'string');
}
