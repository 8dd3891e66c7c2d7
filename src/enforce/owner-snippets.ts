import type { ApiKind } from '../model/api-kind.js';

export type SnippetFormat = 'CloudFormation' | 'SAM' | 'CDK' | 'Terraform' | 'OpenAPI';

/**
 * How AWS_IAM is declared in each of the ways in which an API of a kind can be; a WebSocket API has no OpenAPI
 * document. Sources: CloudFormation Template Reference, "AWS::ApiGateway::Method" and
 * "AWS::ApiGatewayV2::Route"; SAM specification, "ApiAuth", "HttpApiAuth" and
 * "AWS::Serverless::WebSocketApi"; AWS CDK API Reference, "MethodOptions", "HttpIamAuthorizer" and
 * "WebSocketIamAuthorizer"; Terraform AWS provider, "aws_api_gateway_method" and "aws_apigatewayv2_route";
 * API Gateway Developer Guide, "x-amazon-apigateway-auth" and "x-amazon-apigateway-authtype".
 */
export const SNIPPETS: Readonly<Record<ApiKind, Readonly<Partial<Record<SnippetFormat, string>>>>> =
  {
    REST: {
      CloudFormation: `Type: AWS::ApiGateway::Method
Properties:
  AuthorizationType: AWS_IAM`,
      SAM: `Type: AWS::Serverless::Api
Properties:
  Auth:
    DefaultAuthorizer: AWS_IAM
    AddDefaultAuthorizerToCorsPreflight: false`,
      CDK: `new apigateway.RestApi(this, 'Api', {
  defaultMethodOptions: { authorizationType: apigateway.AuthorizationType.IAM },
});`,
      Terraform: `resource "aws_api_gateway_method" "example" {
  authorization = "AWS_IAM"
}`,
      OpenAPI: `x-amazon-apigateway-auth:
  type: AWS_IAM`,
    },
    HTTP: {
      CloudFormation: `Type: AWS::ApiGatewayV2::Route
Properties:
  AuthorizationType: AWS_IAM`,
      SAM: `Type: AWS::Serverless::HttpApi
Properties:
  Auth:
    EnableIamAuthorizer: true
    DefaultAuthorizer: AWS_IAM`,
      CDK: `new apigatewayv2.HttpApi(this, 'Api', {
  defaultAuthorizer: new HttpIamAuthorizer(),
});`,
      Terraform: `resource "aws_apigatewayv2_route" "example" {
  authorization_type = "AWS_IAM"
}`,
      OpenAPI: `security:
  - sigv4: []
components:
  securitySchemes:
    sigv4:
      type: apiKey
      name: Authorization
      in: header
      x-amazon-apigateway-authtype: awsSigv4`,
    },
    WEBSOCKET: {
      CloudFormation: `Type: AWS::ApiGatewayV2::Route
Properties:
  RouteKey: $connect
  AuthorizationType: AWS_IAM`,
      SAM: `Type: AWS::Serverless::WebSocketApi
Properties:
  Auth:
    AuthType: AWS_IAM`,
      CDK: `new apigatewayv2.WebSocketApi(this, 'Api', {
  connectRouteOptions: { integration, authorizer: new WebSocketIamAuthorizer() },
});`,
      Terraform: `resource "aws_apigatewayv2_route" "connect" {
  route_key          = "$connect"
  authorization_type = "AWS_IAM"
}`,
    },
  };
