import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AwsFailure } from '../../../../src/aws/failure.js';
import { integrationChange } from '../../../../src/enforce/kinds/rest/integrations.js';
import { type ExportedIntegration, parseExport } from '../../../../src/evidence/rest/exported.js';
import { configuredMethod } from '../../evidence-builder.js';

describe('an export', () => {
  test('tells the integration of every method, ANY included', () => {
    const text = JSON.stringify({
      openapi: '3.0.1',
      paths: {
        '/pets/{id}': {
          parameters: [],
          get: {
            'x-amazon-apigateway-integration': {
              type: 'aws_proxy',
              uri: 'arn:x',
              httpMethod: 'POST',
            },
          },
          put: { responses: {} },
          'x-amazon-apigateway-any-method': { 'x-amazon-apigateway-integration': { type: 'mock' } },
        },
      },
    });
    expect([...parseExport(text)]).toMatchObject([
      ['GET /pets/{id}', { type: 'AWS_PROXY', uri: 'arn:x', httpMethod: 'POST' }],
      ['ANY /pets/{id}', { type: 'MOCK', uri: null, httpMethod: null }],
    ]);
  });

  test.each(['', '{', '[]', 'null', '{}', '{"paths":[]}'])('that is %j is unreadable', (text) => {
    expect(() => parseExport(text)).toThrow(AwsFailure);
  });

  test('never throws anything else, and takes nothing from the prototype', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (paths, text) => {
        for (const it of [text, `{"paths":{"/":{"get":${paths}}}}`]) {
          try {
            for (const { type } of parseExport(it).values()) expect(typeof type).toBe('string');
          } catch (error) {
            expect(error).toBeInstanceOf(AwsFailure);
          }
        }
      }),
    );
  });
});

describe('a change of an integration', () => {
  const method = configuredMethod('GET /a');
  const same: ExportedIntegration = {
    type: 'HTTP_PROXY',
    uri: 'https://backend.test/',
    httpMethod: 'GET',
    members: { type: 'http_proxy' },
  };

  test.each<[string, Partial<typeof method>, ExportedIntegration | undefined, string | null]>([
    ['nothing', {}, same, null],
    ['the type', { integrationType: 'HTTP' }, same, 'from integration HTTP_PROXY to HTTP'],
    ['the backend', { integrationUri: 'https://other.test/' }, same, 'to https://other.test/'],
    ['the method', { integrationHttpMethod: 'POST' }, same, 'with POST instead of GET'],
    ['its loss', { integrationType: null }, same, 'loses its HTTP_PROXY integration'],
    ['one that is not told', {}, undefined, 'is not in the export'],
    [
      'what a MOCK carries along',
      { integrationType: 'MOCK', integrationUri: 'x', integrationHttpMethod: 'POST' },
      { type: 'MOCK', uri: null, httpMethod: null, members: { type: 'mock' } },
      null,
    ],
  ])('is %s', (_, parts, deployed, words) => {
    const change = integrationChange({ ...method, ...parts }, deployed);
    if (words === null) expect(change).toBeNull();
    else expect(change).toContain(words);
  });
});
