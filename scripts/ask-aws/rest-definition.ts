/** An OpenAPI document. */
export type Definition = Readonly<Record<string, unknown>>;

/** What the MOCK methods answer. */
export const BACKEND_BODY = '{"backend":"mock"}';

/** What a request is authorised by; `inherit`: the operation says nothing. */
export type Security = 'NONE' | 'AWS_IAM' | 'inherit';

/** Signature Version 4 as a scheme (API Gateway developer guide, "x-amazon-apigateway-authtype property"). */
const SIGV4 = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  'x-amazon-apigateway-authtype': 'awsSigv4',
};

/** An OpenAPI 3 document of GET methods that answer by themselves. */
export function restDefinition(
  paths: Readonly<Record<string, Security>>,
  root: Readonly<Record<string, unknown>> = {},
): Definition {
  return {
    openapi: '3.0.1',
    components: { securitySchemes: { sigv4: SIGV4 } },
    paths: pathsOf(paths),
    ...root,
  };
}

/** The same as OpenAPI 2. */
export function swaggerDefinition(
  paths: Readonly<Record<string, Security>>,
  root: Readonly<Record<string, unknown>> = {},
): Definition {
  return {
    swagger: '2.0',
    securityDefinitions: { sigv4: SIGV4 },
    paths: pathsOf(paths),
    ...root,
  };
}

function pathsOf(paths: Readonly<Record<string, Security>>): object {
  return Object.fromEntries(
    Object.entries(paths).map(([path, security]) => [path, { get: operation(security) }]),
  );
}

function operation(security: Security): object {
  return {
    ...(security === 'AWS_IAM' ? { security: [{ sigv4: [] }] } : {}),
    responses: { '200': { description: 'OK' } },
    'x-amazon-apigateway-integration': {
      type: 'mock',
      requestTemplates: { 'application/json': '{"statusCode": 200}' },
      responses: {
        default: { statusCode: '200', responseTemplates: { 'application/json': BACKEND_BODY } },
      },
    },
  };
}
