import type { Fix, Language } from '../../model/declared.js';

/**
 * How AWS_IAM is written in each language. Sources: API Gateway Developer Guide,
 * "x-amazon-apigateway-auth object" and "x-amazon-apigateway-authtype"; CloudFormation Template
 * Reference, "AWS::ApiGateway::Method" and "AWS::ApiGatewayV2::Route"; SAM Developer Guide, "ApiAuth",
 * "ApiFunctionAuth", "HttpApiAuth" and "AWS::Serverless::WebSocketApi"; CDK API Reference,
 * "MethodOptions", "HttpIamAuthorizer" and "WebSocketIamAuthorizer"; Terraform AWS provider,
 * "aws_api_gateway_method" and "aws_apigatewayv2_route"; Serverless Framework, "API Gateway".
 */
const SIGV4_SCHEME = `security:
  - sigv4: []
# and once in the document, under securityDefinitions or components.securitySchemes:
sigv4:
  type: apiKey
  name: Authorization
  in: header
  x-amazon-apigateway-authtype: awsSigv4`;

const AUTHORIZATION_TYPE = 'AuthorizationType: AWS_IAM';
const EVENT_AUTH = `Auth:
  Authorizer: AWS_IAM`;

export const FIXES = {
  operation: fix('openapi', SIGV4_SCHEME),
  method: fix('cloudformation', AUTHORIZATION_TYPE),
  route: fix('cloudformation', AUTHORIZATION_TYPE),
  /** An HTTP API that `Target` created has a route that nobody declares. */
  quickCreate: fix(
    'cloudformation',
    `# in place of Target and RouteKey of the API:
Type: AWS::ApiGatewayV2::Route
Properties:
  ApiId: !Ref Api
  RouteKey: $default
  AuthorizationType: AWS_IAM
  Target: !Sub integrations/\${Integration}`,
  ),
  samEvent: fix('sam', EVENT_AUTH),
  samDefault: fix(
    'sam',
    `Auth:
  DefaultAuthorizer: AWS_IAM
  AddDefaultAuthorizerToCorsPreflight: false`,
  ),
  samOverride: fix('sam', `${EVENT_AUTH}\n  OverrideApiAuth: true`),
  samHttpEvent: fix(
    'sam',
    `# on the AWS::Serverless::HttpApi:
Auth:
  EnableIamAuthorizer: true
# and on the event:
${EVENT_AUTH}`,
  ),
  samHttpDefault: fix(
    'sam',
    `Auth:
  EnableIamAuthorizer: true
  DefaultAuthorizer: AWS_IAM`,
  ),
  samWebSocket: fix(
    'sam',
    `Auth:
  AuthType: AWS_IAM`,
  ),
  cdkMethod: fix('cdk', '{ authorizationType: apigateway.AuthorizationType.IAM }'),
  cdkHttpRoute: fix('cdk', '{ authorizer: new HttpIamAuthorizer() }'),
  cdkWebSocketRoute: fix(
    'cdk',
    'connectRouteOptions: { authorizer: new WebSocketIamAuthorizer() }',
  ),
  terraformMethod: fix('terraform', 'authorization = "AWS_IAM"'),
  terraformRoute: fix('terraform', 'authorization_type = "AWS_IAM"'),
  terraformQuickCreate: fix(
    'terraform',
    `# in place of target and route_key of the API:
resource "aws_apigatewayv2_route" "default" {
  api_id             = aws_apigatewayv2_api.example.id
  route_key          = "$default"
  authorization_type = "AWS_IAM"
  target             = "integrations/\${aws_apigatewayv2_integration.example.id}"
}`,
  ),
  serverlessRest: fix('serverless', 'authorizer: aws_iam'),
  serverlessHttp: fix(
    'serverless',
    `authorizer:
  type: aws_iam`,
  ),
  serverlessWebSocket: fix('serverless', 'authorizer: aws_iam'),
} as const satisfies Readonly<Record<string, Fix>>;

function fix(language: Language, text: string): Fix {
  return { language, text };
}
