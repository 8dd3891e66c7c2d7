import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Method } from '../../../src/aws/api-gateway.js';
import { shownBackend } from '../../../src/enforce/backend.js';
import { integrationChange } from '../../../src/enforce/kinds/rest/integrations.js';
import { configuredMethod } from '../../../src/evidence/rest/configured.js';
import { parseExport } from '../../../src/evidence/rest/exported.js';

type Integration = NonNullable<Method['methodIntegration']>;

const RESOURCE = 'r1a2b3';

/** As GetResources tells it: with the defaults. */
const BASE: Integration = {
  type: 'HTTP',
  httpMethod: 'GET',
  uri: 'https://backend.test/pets',
  passthroughBehavior: 'WHEN_NO_MATCH',
  timeoutInMillis: 29_000,
  cacheNamespace: RESOURCE,
  cacheKeyParameters: [],
  integrationResponses: { '200': { statusCode: '200', selectionPattern: '' } },
};

/** As an export writes it: without what has its default, with responses by their pattern. */
function exported(integration: Integration): string {
  const { integrationResponses = {}, ...members } = integration;
  const { timeoutInMillis, cacheNamespace, cacheKeyParameters = [], connectionType } = members;
  const written = {
    ...members,
    type: members.type?.toLowerCase(),
    passthroughBehavior: members.passthroughBehavior?.toLowerCase(),
    timeoutInMillis: timeoutInMillis === 29_000 ? undefined : timeoutInMillis,
    cacheNamespace: cacheNamespace === RESOURCE ? undefined : cacheNamespace,
    cacheKeyParameters: cacheKeyParameters.length === 0 ? undefined : cacheKeyParameters,
    connectionType: connectionType === 'INTERNET' ? undefined : connectionType,
    responses: Object.fromEntries(
      Object.values(integrationResponses).map(({ selectionPattern, ...response }) => [
        selectionPattern || 'default',
        response,
      ]),
    ),
  };
  return JSON.stringify({
    paths: { '/pets': { get: { 'x-amazon-apigateway-integration': written } } },
  });
}

function changeBetween(configured: Integration, deployed: Integration): string | null {
  const method = configuredMethod(RESOURCE, '/pets', 'GET', {
    authorizationType: 'NONE',
    methodIntegration: configured,
  });
  return integrationChange(method, parseExport(exported(deployed)).get('GET /pets'));
}

const SECRET = "'Bearer s3cr3t-s3cr3t-s3cr3t'";

const CHANGES: readonly [name: string, change: Partial<Integration>][] = [
  ['credentials', { credentials: 'arn:aws:iam::123456789012:role/s3cr3t-role' }],
  ['connection type, VPC link', { connectionType: 'VPC_LINK', connectionId: 's3cr3t' }],
  ['load balancer', { integrationTarget: 'arn:aws:elasticloadbalancing:::s3cr3t' }],
  [
    'request parameter integration.request.header.Authorization',
    { requestParameters: { 'integration.request.header.Authorization': SECRET } },
  ],
  [
    'request template for application/json',
    { requestTemplates: { 'application/json': `{"key":"${SECRET}"}` } },
  ],
  ['passthrough behavior', { passthroughBehavior: 'NEVER' }],
  ['content handling', { contentHandling: 'CONVERT_TO_BINARY' }],
  ['timeout', { timeoutInMillis: 5_000 }],
  ['cache namespace', { cacheNamespace: 's3cr3t' }],
  ['cache keys', { cacheKeyParameters: ['method.request.path.s3cr3t'] }],
  ['TLS configuration', { tlsConfig: { insecureSkipVerification: true } }],
  ['response transfer mode', { responseTransferMode: 'STREAM' }],
  ['default response', { integrationResponses: {} }],
  [
    'default response',
    { integrationResponses: { '201': { statusCode: '201', selectionPattern: '' } } },
  ],
  [
    'default response',
    {
      integrationResponses: {
        '200': {
          statusCode: '200',
          responseParameters: { 'method.response.header.X': SECRET },
        },
      },
    },
  ],
  [
    'default response',
    {
      integrationResponses: {
        '200': { statusCode: '200', responseTemplates: { 'text/html': SECRET } },
      },
    },
  ],
  [
    'default response',
    {
      integrationResponses: { '200': { statusCode: '200', contentHandling: 'CONVERT_TO_TEXT' } },
    },
  ],
  [
    'response for 5\\d{2}',
    {
      integrationResponses: {
        ...BASE.integrationResponses,
        '500': { statusCode: '500', selectionPattern: '5\\d{2}' },
      },
    },
  ],
];

describe('an integration', () => {
  test('that is deployed as it is configured has no pending change', () => {
    expect(changeBetween(BASE, BASE)).toBeNull();
    for (const [, change] of CHANGES) {
      const integration = { ...BASE, ...change };
      expect(changeBetween(integration, integration)).toBeNull();
    }
  });

  test.each(CHANGES)(
    'that got another %s has one, in either direction, and no secret is told',
    (name, change) => {
      for (const pending of [
        changeBetween({ ...BASE, ...change }, BASE),
        changeBetween(BASE, { ...BASE, ...change }),
      ]) {
        expect(pending).toBe(`changes in its integration: ${name}`);
        expect(pending).not.toMatch(/s3cr3t|123456789012/);
      }
    },
  );

  test('is the same whatever the order, the case and the spelling of defaults', () => {
    const integration: Integration = {
      ...BASE,
      connectionType: 'INTERNET',
      cacheKeyParameters: ['method.request.path.b', 'method.request.path.a'],
      requestTemplates: { 'application/json': 'x'.repeat(10_000) },
    };
    const other = {
      ...integration,
      cacheKeyParameters: ['method.request.path.a', 'method.request.path.b'],
    };
    expect(changeBetween(integration, other)).toBeNull();
    // A service that writes the defaults out says nothing else.
    const text = JSON.stringify({
      paths: {
        '/pets': {
          get: {
            'x-amazon-apigateway-integration': {
              ...integration,
              type: 'http',
              tlsConfig: { insecureSkipVerification: false },
              responseTransferMode: 'buffered',
              responses: { default: { statusCode: '200' } },
            },
          },
        },
      },
    });
    const method = configuredMethod(RESOURCE, '/pets', 'GET', { methodIntegration: integration });
    expect(integrationChange(method, parseExport(text).get('GET /pets'))).toBeNull();
  });

  test('with two responses for one pattern cannot be compared, which is a change', () => {
    const integrationResponses = { '200': { statusCode: '200' }, '201': { statusCode: '201' } };
    const integration = { ...BASE, integrationResponses };
    expect(changeBetween(integration, integration)).toContain('default response');
  });

  test('whose long template differs in one character differs', () => {
    const templates = fc.string({ minLength: 61, maxLength: 200 });
    fc.assert(
      fc.property(templates, fc.nat(60), (template, at) => {
        const other = `${template.slice(0, at)}¤${template.slice(at + 1)}`;
        fc.pre(other !== template);
        const of = (text: string): Integration => ({ ...BASE, requestTemplates: { a: text } });
        expect(changeBetween(of(template), of(template))).toBeNull();
        expect(changeBetween(of(template), of(other))).not.toBeNull();
      }),
    );
  });

  test('whose parameters are named like members of every object is read by its own alone', () => {
    const requestParameters = JSON.parse('{"__proto__":"\'a\'","constructor":"\'b\'"}') as Record<
      string,
      string
    >;
    const integration = { ...BASE, requestParameters };
    expect(changeBetween(integration, integration)).toBeNull();
    expect(changeBetween(integration, BASE)).toContain('request parameter __proto__');
  });
});

/** How API Gateway writes a variable of the stage. */
function stageVariable(name: string): string {
  return `$\{stageVariables.${name}}`;
}

describe('a backend as it is shown', () => {
  test.each([
    [null, 'none'],
    ['https://backend.test/pets', 'https://backend.test/pets'],
    ['https://user:password@backend.test:8443/pets', 'https://backend.test:8443/pets'],
    ['https://a@b@backend.test/pets', 'https://backend.test/pets'],
    ['https://backend.test/pets?key=secret', 'https://backend.test/pets'],
    ['https://backend.test?key=secret', 'https://backend.test'],
    ['https://backend.test/pets#secret', 'https://backend.test/pets'],
    [
      `https://${stageVariable('user')}@${stageVariable('host')}/x?k=1`,
      `https://${stageVariable('host')}/x`,
    ],
    [
      'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:pets/invocations',
      'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:********9012:function:pets/invocations',
    ],
    [
      'arn:aws:apigateway:eu-west-1:s3:action/GetObject&Bucket=secret&Key=secret',
      'arn:aws:apigateway:eu-west-1:s3:action/GetObject',
    ],
    [
      'https://sqs.eu-west-1.amazonaws.com/123456789012/queue',
      'https://sqs.eu-west-1.amazonaws.com/********9012/queue',
    ],
  ])('%s', (uri, shown) => {
    expect(shownBackend(uri)).toBe(shown);
  });

  test('that differs only in what is not shown is said to differ', () => {
    const of = (uri: string): Integration => ({ ...BASE, uri });
    const change = changeBetween(of('https://a:b@x.test/?k=s3cr3t'), of('https://x.test/'));
    expect(change).toContain('goes to another address at its backend https://x.test/');
    expect(change).not.toMatch(/s3cr3t|a:b/);
  });
});

describe('a backend that is shown', () => {
  test.each([
    ['http://user:p?ss@backend.example.com/v1', 'http://backend.example.com/v1'],
    ['http://user:p/ss@backend.example.com/v1', 'http://backend.example.com/v1'],
    ['http://user:p#a@b@backend.example.com:8080/v1', 'http://backend.example.com:8080/v1'],
    ['http://user:p?ss', 'http://***'],
    ['https://token@backend.example.com', 'https://backend.example.com'],
    ['//user:pass@backend.example.com/v1', '//backend.example.com/v1'],
    ['HTTPS://user:pass@[::1]:8443/x', 'HTTPS://[::1]:8443/x'],
    ['https://b.example.com/a;token=abc/b?key=abc', 'https://b.example.com/a/b'],
    ['https://b.example.com/1234567890123456789012345678a', 'https://b.example.com/***'],
    ['https://b.example.com/a1234567890123456789012345678', 'https://b.example.com/***'],
    [
      'https://hooks.example.com/services/T00000000/XXXX1234abcdXXXX1234abcd',
      'https://hooks.example.com/services/T00000000/***',
    ],
  ])('%s has no user and no key', (uri, shown) => {
    expect(shownBackend(uri)).toBe(shown);
  });

  test.each([
    'https://b.example.com/users/@me/items',
    'https://b.example.com:8080/v1/orders/{id}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: API Gateway spells stage variables so
    'http://${stageVariables.host}:${stageVariables.port}/v1',
    'https://b.example.com/a-path-of-many-words-that-is-long-and-readable',
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/x/invocations',
  ])('%s stays as it is', (uri) => {
    expect(shownBackend(uri)).toBe(uri);
  });
});
