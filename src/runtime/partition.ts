import { partition } from '@aws-sdk/core/client';

/** The partition of a region, such as `aws-cn`. */
export function partitionOf(region: string): string {
  return partition(region).name;
}
