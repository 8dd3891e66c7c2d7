import type { AccountState } from '../model.js';

/** Ends of host names by partition (the SDKs' partitions.json); all others have the first. */
const SUFFIXES: ReadonlyMap<string, string> = new Map([
  ['aws', 'amazonaws.com'],
  ['aws-cn', 'amazonaws.com.cn'],
  ['aws-eusc', 'amazonaws.eu'],
]);

/** `execute-api.{region}.amazonaws.com`. */
export function endpointSuffix({ partition, region }: AccountState): string {
  return `execute-api.${region}.${SUFFIXES.get(partition) ?? 'amazonaws.com'}`;
}
