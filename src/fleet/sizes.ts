import { isRecord, jsonOf } from '../model/json-data.js';
import { failed, ok, type Result } from '../model/result.js';

/**
 * How many APIs each target had in an earlier `fleet.json`, by the target's id.
 *
 * @returns the sizes, or what is wrong with the file, as the rest of a sentence.
 */
export function readSizes(text: string): Result<ReadonlyMap<string, number>> {
  const data = jsonOf(text);
  if (
    !isRecord(data) ||
    data.schema !== 'apigw-iam-gate/fleet/v1' ||
    !Array.isArray(data.targets)
  ) {
    return failed('is no fleet.json of this version (schema apigw-iam-gate/fleet/v1)');
  }
  const sizes = new Map<string, number>();
  for (const target of data.targets) {
    if (!isRecord(target) || typeof target.id !== 'string' || !isRecord(target.totals)) continue;
    const { apis } = target.totals;
    if (typeof apis === 'number' && Number.isInteger(apis) && apis >= 0) sizes.set(target.id, apis);
  }
  return ok(sizes);
}
