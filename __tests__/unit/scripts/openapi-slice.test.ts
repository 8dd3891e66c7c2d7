import { expect, test } from '@jest/globals';
import { sliceOpenApi } from '../../../scripts/openapi-slice.js';

const DESCRIPTION = {
  openapi: '3.0.3',
  info: { version: '1' },
  paths: {
    '/a/{id}': {
      get: {
        operationId: 'a/get',
        summary: 'x',
        parameters: [{ $ref: '#/components/parameters/id' }],
      },
      put: {
        operationId: 'a/put',
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: {
                  description: { type: 'string', description: 'Prose.' },
                  part: { $ref: '#/components/schemas/part' },
                },
              },
            },
          },
        },
        responses: { 200: { $ref: '#/components/responses/other' } },
      },
    },
    '/b': { get: { operationId: 'b/get' } },
  },
  components: {
    parameters: { id: { name: 'id', in: 'path', schema: { $ref: '#/components/schemas/id' } } },
    schemas: {
      id: { type: 'integer', example: 3 },
      part: { type: 'object', properties: { whole: { $ref: '#/components/schemas/part' } } },
      unused: { type: 'string' },
    },
    responses: { other: {} },
  },
};

test('a slice holds the operations and what they refer to, without prose and answers', () => {
  expect(sliceOpenApi(DESCRIPTION, { '/a/{id}': ['get', 'put'] })).toEqual({
    openapi: '3.0.3',
    info: { version: '1' },
    paths: {
      '/a/{id}': {
        get: { operationId: 'a/get', parameters: [{ $ref: '#/components/parameters/id' }] },
        put: {
          operationId: 'a/put',
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: {
                    description: { type: 'string' },
                    part: { $ref: '#/components/schemas/part' },
                  },
                },
              },
            },
          },
        },
      },
    },
    components: {
      parameters: { id: { name: 'id', in: 'path', schema: { $ref: '#/components/schemas/id' } } },
      schemas: {
        id: { type: 'integer' },
        part: { type: 'object', properties: { whole: { $ref: '#/components/schemas/part' } } },
      },
    },
  });
});

test('an operation that the description lacks is named', () => {
  expect(() => sliceOpenApi(DESCRIPTION, { '/b': ['post'] })).toThrow('no paths /b post');
});
