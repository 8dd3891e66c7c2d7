import type { JoinedMethod } from '../evidence/join.js';
import { UNREADABLE } from '../evidence/model.js';

/** Why an address cannot be asked at all although the method could. */
export const DEFAULT_ENDPOINT_DISABLED =
  'the default endpoint is disabled, and endpoint-url names no other';

/** Which methods may be probed. */
export interface Selection {
  readonly smokeTest: boolean;
  /** HTTP methods that may be sent at all. */
  readonly smokeMethods: readonly string[];
}

/**
 * Why a method gets no probe, or `null` where it gets one. Only a method that the stage serves, that
 * the user lets us send, and whose path is one exact address can prove anything.
 */
export function reasonNotToProbe(row: JoinedMethod, selection: Selection): string | null {
  if (!selection.smokeTest) return 'smoke-test is off';
  if (row.stage === null || row.deployed === null) return 'not deployed';
  if (row.deployed === UNREADABLE) return 'the snapshot of the stage could not be read';
  if (row.preflight === 'yes') return 'a preflight is open on purpose';
  if (row.method === 'ANY') return 'ANY is no single HTTP method';
  if (!selection.smokeMethods.includes(row.method)) return 'not in smoke-methods';
  if (row.path.includes('{')) return 'its path has parameters';
  return null;
}
