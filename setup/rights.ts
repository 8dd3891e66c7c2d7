/*
 * The rights that the gate needs in an account, in one place: the policies in docs/,
 * the CloudFormation template and the Terraform module in this folder are made from them, and a test holds
 * them against what the emulator was asked for.
 *
 * Management calls of API Gateway are allowed by HTTP verb on the path that is called (Service
 * Authorization Reference, "Actions, resources, and condition keys for Amazon API Gateway Management" and
 * "… Management V2"); calls of IAM by their own name on groups and policies ("… for AWS Identity and Access
 * Management").
 */

/** What stands in an ARN for what only the user knows. */
export type Placeholder = 'partition' | 'region' | 'account' | 'api' | 'group' | 'stack';

/** A statement of an identity policy that allows something. */
export interface Right {
  readonly sid: string;
  readonly actions: readonly string[];
  /** ARNs, with `<api>` and the like where a {@link Placeholder} belongs. */
  readonly resources: readonly string[];
  readonly condition?: {
    readonly operator: string;
    readonly key: string;
    readonly value: string;
  };
}

/** To read every API of a region, and the custom domain names that lead to them. */
const AUDIT: readonly Right[] = [
  {
    sid: 'ReadApis',
    actions: ['apigateway:GET'],
    resources: [
      'arn:<partition>:apigateway:<region>::/restapis*',
      'arn:<partition>:apigateway:<region>::/apis*',
      'arn:<partition>:apigateway:<region>::/domainnames*',
    ],
  },
];

/** To sign the requests of the smoke test: what `smoke-methods` names by default. */
const INVOKE: readonly Right[] = [
  {
    sid: 'SignSmokeTest',
    actions: ['execute-api:Invoke'],
    resources: [
      'arn:<partition>:execute-api:<region>:<account>:<api>/*/GET/*',
      'arn:<partition>:execute-api:<region>:<account>:<api>/*/HEAD/*',
    ],
  },
];

/** To turn IAM on, besides the rights to audit. */
const ENFORCE: readonly Right[] = [
  {
    sid: 'ChangeAuthorizationAndMoveStages',
    actions: ['apigateway:PATCH'],
    resources: [
      'arn:<partition>:apigateway:<region>::/restapis/<api>/resources/*/methods/*',
      'arn:<partition>:apigateway:<region>::/restapis/<api>/stages/*',
      'arn:<partition>:apigateway:<region>::/apis/<api>/routes/*',
      'arn:<partition>:apigateway:<region>::/apis/<api>/stages/*',
    ],
  },
  {
    sid: 'Deploy',
    actions: ['apigateway:POST'],
    resources: [
      'arn:<partition>:apigateway:<region>::/restapis/<api>/deployments',
      'arn:<partition>:apigateway:<region>::/apis/<api>/deployments',
    ],
  },
  {
    sid: 'DeleteUnprovenDeployments',
    actions: ['apigateway:DELETE'],
    resources: [
      'arn:<partition>:apigateway:<region>::/restapis/<api>/deployments/*',
      'arn:<partition>:apigateway:<region>::/apis/<api>/deployments/*',
    ],
  },
];

/** To judge who a group lets in: `invoke-group`. */
const READ_GROUP: readonly Right[] = [
  {
    sid: 'ReadGroup',
    actions: [
      'iam:GetGroup',
      'iam:ListAttachedGroupPolicies',
      'iam:ListGroupPolicies',
      'iam:GetGroupPolicy',
    ],
    resources: ['arn:<partition>:iam::<account>:group/<group>'],
  },
  {
    sid: 'ReadPoliciesOfGroup',
    // The list, which the plan of a grant needs, is of no resource.
    actions: [
      'iam:GetPolicy',
      'iam:GetPolicyVersion',
      'iam:ListPolicyVersions',
      'iam:ListPolicies',
    ],
    resources: ['*'],
  },
];

/** To let a group in, besides the rights to read it: `grant`. */
const GRANT: readonly Right[] = [
  {
    sid: 'WriteOwnPolicies',
    actions: [
      'iam:CreatePolicy',
      'iam:TagPolicy',
      'iam:CreatePolicyVersion',
      'iam:SetDefaultPolicyVersion',
      'iam:DeletePolicyVersion',
      'iam:DeletePolicy',
    ],
    resources: ['arn:<partition>:iam::<account>:policy/apigw-iam-gate-*'],
  },
  {
    sid: 'AttachOwnPolicies',
    actions: ['iam:AttachGroupPolicy', 'iam:DetachGroupPolicy'],
    resources: ['arn:<partition>:iam::<account>:group/<group>'],
    condition: {
      operator: 'ArnLike',
      key: 'iam:PolicyARN',
      value: 'arn:<partition>:iam::<account>:policy/apigw-iam-gate-*',
    },
  },
];

/** To find APIs by their stack: `api-id: stack:…`. Nested stacks are named after their parent. */
const FIND_STACK: readonly Right[] = [
  {
    sid: 'FindApisOfStack',
    actions: ['cloudformation:ListStackResources'],
    resources: ['arn:<partition>:cloudformation:<region>:<account>:stack/<stack>*/*'],
  },
];

/** To list the accounts of an organization and their regions: the plan of a fleet. */
const PLAN: readonly Right[] = [
  {
    sid: 'ListAccountsAndRegions',
    actions: [
      'organizations:ListAccounts',
      'organizations:ListAccountsForParent',
      'organizations:ListOrganizationalUnitsForParent',
      'account:ListRegions',
    ],
    // Neither service lets a list be narrowed to resources that a plan could name.
    resources: ['*'],
  },
];

/** The rights by what they are needed for. */
export const RIGHTS = {
  audit: AUDIT,
  invoke: INVOKE,
  enforce: ENFORCE,
  'read-group': READ_GROUP,
  grant: GRANT,
  'find-stack': FIND_STACK,
  plan: PLAN,
} as const satisfies Readonly<Record<string, readonly Right[]>>;

export type Purpose = keyof typeof RIGHTS;
