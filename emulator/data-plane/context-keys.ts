import type { Caller, ContextKeys } from '../access/evaluate.js';
import { headerOf } from '../http.js';
import type { CallerState } from '../model.js';
import type { Invocation } from './authorize.js';

/**
 * What is known of a request to an endpoint, by condition key. Keys of the caller are there only where
 * IAM knows it. Loopback carries no TLS; on AWS every request does, so that `aws:SecureTransport` is
 * true here as well.
 *
 * Source: API Gateway developer guide, "AWS condition keys that can be used in API Gateway resource
 * policies" (a private API has `aws:VpcSourceIp`, `aws:SourceVpc` and `aws:SourceVpce`, a public one
 * `aws:SourceIp`); IAM user guide, "AWS global condition context keys" and "Where you can use policy
 * variables" (which kind of principal has which key).
 */
export function contextKeysOf(
  invocation: Invocation,
  caller: CallerState | undefined,
): ContextKeys {
  const { request, account, nowMs, sourceVpce } = invocation;
  const time = new Date(nowMs).toISOString().slice(0, 19);
  const keys: Record<string, string | undefined> = {
    'aws:securetransport': 'true',
    'aws:currenttime': `${time}Z`,
    'aws:epochtime': String(Math.floor(nowMs / 1000)),
    'aws:useragent': headerOf(request, 'user-agent'),
    'aws:referer': headerOf(request, 'referer'),
    ...(sourceVpce === undefined
      ? { 'aws:sourceip': request.sourceIp }
      : {
          'aws:vpcsourceip': request.sourceIp,
          'aws:sourcevpce': sourceVpce,
          'aws:sourcevpc': account.vpcEndpoints.get(sourceVpce),
        }),
    ...(caller === undefined ? anonymousKeys(account) : callerKeys(caller)),
  };
  return new Map(
    Object.entries(keys).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, [value]] as const],
    ),
  );
}

/**
 * What is known of nobody. The IAM user guide has `anonymous` among the values of both keys ("AWS global
 * condition context keys"); whether API Gateway sets them is written down nowhere.
 */
function anonymousKeys({ v2 }: Invocation['account']): Record<string, string> {
  return v2.switches.anonymousKeys === 'absent'
    ? {}
    : { 'aws:principalaccount': 'anonymous', 'aws:userid': 'anonymous' };
}

/** What is known of somebody who signed, by condition key in lower case. */
export function callerKeys(caller: CallerState): Record<string, string | undefined> {
  const { arn, accountId, userId, organizationId } = caller;
  const { roleArn } = signerOf(caller);
  const kind = roleArn === undefined ? (arn.endsWith(':root') ? 'Account' : 'User') : 'AssumedRole';
  return {
    'aws:principalarn': roleArn ?? arn,
    'aws:principalaccount': accountId,
    'aws:principaltype': kind,
    'aws:principalorgid': organizationId,
    'aws:userid': userId,
    'aws:username': kind === 'User' ? arn.slice(arn.lastIndexOf('/') + 1) : undefined,
  };
}

/**
 * The caller as policies see it. The role of a session is the one that handed it out, or, of a caller
 * that a seed writes down as a session, the role of that name without a path.
 */
export function signerOf({ arn, accountId, userId, identity }: CallerState): Caller {
  const [, partition, account, role] =
    /^arn:([\w-]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  const roleArn =
    identity?.kind === 'role'
      ? identity.roleArn
      : role && `arn:${partition}:iam::${account}:role/${role}`;
  return { arn, accountId, userId, ...(roleArn === undefined ? {} : { roleArn }) };
}
