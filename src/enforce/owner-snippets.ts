export type SnippetFormat = 'CloudFormation' | 'SAM' | 'CDK' | 'Terraform' | 'OpenAPI';

/**
 * How AWS_IAM is declared in each of the ways in which a REST API can be. Sources: CloudFormation
 * Template Reference, "AWS::ApiGateway::Method"; SAM specification, "ApiAuth" and "ApiFunctionAuth";
 * AWS CDK API Reference, "MethodOptions"; Terraform AWS provider, "aws_api_gateway_method"; API Gateway
 * Developer Guide, "x-amazon-apigateway-auth".
 */
export const SNIPPETS: Readonly<Record<SnippetFormat, string>> = {
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
};
