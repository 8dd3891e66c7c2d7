import { mayMakeApis } from '../detect.js';

/** What a resource of a type says that may hold an API, by attribute; `undefined` where it is not known. */
export type ReadAttribute = (name: string) => string | null | undefined;

/** Resources of other providers, and templates within a plan: they may make APIs that are not judged here. */
export interface OtherWay {
  readonly reason: string;
  readonly give: string;
}

/** Stacks of CloudFormation, with a template of their own. */
const STACKS =
  /^(?:aws|awscc)_cloudformation_stack(?:_set)?$|^aws_serverlessapplicationrepository_cloudformation_stack$/;

/** The AWS Cloud Control provider names what it makes after CloudFormation's types. */
const CLOUD_CONTROL = /^awscc_apigateway(?:v2)?_(?:rest_api|resource|method|api|route)$/;

/** CloudFormation's types that make an API or a part of one, or any other resource. */
const MAKES_APIS = /^AWS::(?:ApiGateway|ApiGatewayV2|CloudFormation)::/;

/**
 * Why a resource may make an API of which nothing is known here; `null` where it cannot.
 *
 * Source: Terraform Registry, "aws_cloudformation_stack", "aws_cloudcontrolapi_resource" and the provider awscc.
 */
export function otherWayOf(type: string, read: ReadAttribute): OtherWay | null {
  if (CLOUD_CONTROL.test(type)) {
    return {
      reason: `${type} of the provider awscc is not read`,
      give: 'declare the API by the provider aws, or audit the live API instead',
    };
  }
  if (type === 'aws_cloudcontrolapi_resource') {
    const made = read('type_name');
    if (typeof made === 'string' && !MAKES_APIS.test(made)) return null;
    return {
      reason: `${type} makes ${typeof made === 'string' ? made : 'what is not known here'}, and its desired_state is not read`,
      give: 'declare the API by its own resources, or audit the live API instead',
    };
  }
  if (!STACKS.test(type)) return null;
  const body = read('template_body');
  if (typeof body === 'string' && !mayMakeApis(body)) return null;
  return {
    reason: `${type} deploys a template${typeof body === 'string' ? ' that may make an API' : ' that is not known here'}`,
    give: 'declare the API by the provider aws, or audit the live API instead',
  };
}
