import type { ManagedPolicyState } from '../model.js';

/**
 * Two policies that AWS manages and that groups of callers have attached in the wild. Their
 * documents: AWS Managed Policy Reference Guide. Every other ARN of AWS's does not exist here.
 */
export function awsManagedPolicies(partition: string): Map<string, ManagedPolicyState> {
  const policies = [
    awsManaged(partition, 'AdministratorAccess', [{ Effect: 'Allow', Action: '*', Resource: '*' }]),
    awsManaged(partition, 'AmazonAPIGatewayInvokeFullAccess', [
      {
        Effect: 'Allow',
        Action: ['execute-api:Invoke', 'execute-api:ManageConnections'],
        Resource: `arn:${partition}:execute-api:*:*:*`,
      },
    ]),
  ];
  return new Map(policies.map((policy) => [policy.arn, policy]));
}

function awsManaged(
  partition: string,
  policyName: string,
  statements: readonly object[],
): ManagedPolicyState {
  const createdAtMs = Date.parse('2015-07-09T17:34:58Z');
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  return {
    policyName,
    path: '/',
    arn: `arn:${partition}:iam::aws:policy/${policyName}`,
    policyId: `ANPA${policyName.toUpperCase().slice(0, 17)}`,
    createdAtMs,
    updatedAtMs: createdAtMs,
    defaultVersionId: 'v1',
    nextVersion: 2,
    versions: new Map([['v1', { versionId: 'v1', document, createdAtMs }]]),
    tags: new Map(),
  };
}
