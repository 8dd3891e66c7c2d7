import type { ApiKind } from '../model/api-kind.js';
import { type ApiEvidence, nameOf } from '../model/evidence.js';
import type { Owner } from '../report/report.js';
import { SNIPPETS, type SnippetFormat } from './owner-snippets.js';

/** Set by CloudFormation, and by nobody else: the prefix is reserved (CloudFormation User Guide, "Resource tag"). */
const STACK_NAME = 'aws:cloudformation:stack-name';

/**
 * Where a change must be made at the source, and how: CDK and SAM deploy through CloudFormation, so a
 * stack's tag does not say which of them wrote its template.
 */
const FORMATS: Readonly<Record<Owner['tool'], readonly SnippetFormat[]>> = {
  CloudFormation: ['CloudFormation', 'SAM', 'CDK', 'OpenAPI'],
  CDK: ['CDK', 'OpenAPI'],
  Terraform: ['Terraform', 'OpenAPI'],
};

/**
 * Who manages an API, by its tags: CloudFormation sets its own; of Terraform and CDK people say so in
 * tags of many names, such as `ManagedBy: terraform`.
 *
 * @returns `null` where no tag says so.
 */
export function ownerOf(api: ApiEvidence): Owner | null {
  if (!api.description.readable) return null;
  const { tags } = api.description.value;
  const stack = tags[STACK_NAME];
  const said = Object.entries(tags).filter(([name]) => !name.startsWith('aws:'));
  const cdk = said.find((tag) => tag.some((text) => /(^|[^a-z])(aws-?)?cdk([^a-z]|$)/i.test(text)));
  const terraform = said.find((tag) => tag.some((text) => /terraform|opentofu/i.test(text)));
  if (stack !== undefined) {
    const tool = cdk === undefined ? 'CloudFormation' : 'CDK';
    return owner(api, tool, stack, `the CloudFormation stack ${stack}`);
  }
  if (terraform !== undefined) {
    return owner(api, 'Terraform', null, `Terraform (tag ${terraform.join(': ')})`);
  }
  return cdk === undefined ? null : owner(api, 'CDK', null, `the CDK (tag ${cdk.join(': ')})`);
}

/** The property that decides, by its name in each tool. */
const PROPERTIES: Readonly<Record<ApiKind, Readonly<Record<Owner['tool'], string>>>> = {
  REST: {
    CloudFormation: 'AuthorizationType: AWS_IAM on each AWS::ApiGateway::Method',
    CDK: 'authorizationType: AuthorizationType.IAM on each method',
    Terraform: 'authorization = "AWS_IAM" on each aws_api_gateway_method',
  },
  HTTP: {
    CloudFormation: 'AuthorizationType: AWS_IAM on each AWS::ApiGatewayV2::Route',
    CDK: 'an HttpIamAuthorizer on each route',
    Terraform: 'authorization_type = "AWS_IAM" on each aws_apigatewayv2_route',
  },
  WEBSOCKET: {
    CloudFormation: 'AuthorizationType: AWS_IAM on the AWS::ApiGatewayV2::Route of $connect',
    CDK: 'a WebSocketIamAuthorizer on the route $connect',
    Terraform: 'authorization_type = "AWS_IAM" on the aws_apigatewayv2_route of $connect',
  },
};

function owner(api: ApiEvidence, tool: Owner['tool'], name: string | null, who: string): Owner {
  return {
    api: api.id,
    tool,
    name,
    warning: `${nameOf(api)} (${api.id}) is managed by ${who}: its next update may turn IAM off again. Set ${PROPERTIES[api.kind][tool]} at the source, too.`,
    snippets: FORMATS[tool].flatMap((format) => {
      const text = SNIPPETS[api.kind][format];
      return text === undefined ? [] : [{ format, text }];
    }),
  };
}
