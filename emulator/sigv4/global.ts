import type { WireRequest } from '../http.js';
import type { AccountState } from '../model.js';
import { type Authentication, authenticate } from '../signature.js';
import { scopeOf } from './scope.js';

/**
 * Source: the endpoint rules that ship with the AWS SDKs (`signingRegion` by partition).
 *
 * @returns The region that a signature for a global service names.
 */
export function globalRegion(partition: string): string {
  if (partition === 'aws-cn') return 'cn-north-1';
  if (partition === 'aws-eusc') return 'eusc-de-east-1';
  return partition === 'aws-us-gov' ? 'us-gov-west-1' : 'us-east-1';
}

/**
 * Verifies the signature of a request to a service that has one endpoint for all regions: it names one
 * region of the partition, whatever region the caller works in. An SDK that is led elsewhere by an
 * endpoint of its own forgets that and signs for its own region (seen of @aws-sdk/client-iam and
 * @aws-sdk/client-organizations), so that the account's region is taken, too; AWS would refuse it.
 */
export function authenticateGlobal(
  request: WireRequest,
  service: string,
  account: AccountState,
  nowMs: number,
): Authentication {
  const isOwn = scopeOf(request)?.region === account.region;
  return authenticate(request, {
    service,
    region: isOwn ? account.region : globalRegion(account.partition),
    nowMs,
    callers: account.callers,
  });
}
