import { describe, expect, test } from '@jest/globals';
import { AwsFailure } from '../../../src/aws/failure.js';
import { readExported } from '../../../src/enforce/kinds/v2/exported.js';

/* What two exports of an HTTP API are compared by. */

const AUTHORIZER = { type: 'request', identitySource: '$request.header.Authorization' };

const DOCUMENT = {
  openapi: '3.0.1',
  info: { title: 'shop', version: '1' },
  servers: [{ url: 'https://a.test' }],
  tags: [{ name: 'x' }],
  paths: {
    '/pets': {
      get: { security: [{ sigv4: [] }], 'x-amazon-apigateway-integration': { uri: 'a' } },
      post: { 'x-amazon-apigateway-integration': { uri: 'b' } },
    },
    '/$default': {
      'x-amazon-apigateway-any-method': { 'x-amazon-apigateway-integration': { uri: 'c' } },
    },
  },
  components: {
    securitySchemes: {
      keyed: { type: 'apiKey', 'x-amazon-apigateway-authorizer': AUTHORIZER },
      bare: { type: 'apiKey' },
    },
  },
  'x-amazon-apigateway-cors': { allowOrigins: ['*'] },
};

const read = (document: unknown) =>
  readExported({ exportApi: async () => JSON.stringify(document) }, 'a1', 'prod');

/** The same document, with a part of it replaced. */
const differing = (parts: Partial<Record<keyof typeof DOCUMENT, unknown>>) => ({
  ...DOCUMENT,
  ...parts,
});

describe('an export', () => {
  test('is of the API and stage that were asked for', async () => {
    const asked: unknown[] = [];
    const exportApi = async (...names: [string, string | null]) => {
      asked.push(names);
      return JSON.stringify(DOCUMENT);
    };
    await readExported({ exportApi }, 'a1', 'prod');
    await readExported({ exportApi }, 'a1', null);
    expect(asked).toEqual([
      ['a1', 'prod'],
      ['a1', null],
    ]);
  });

  test('has each route with its type, and a rest that tells it from the others', async () => {
    const { routes } = await read(DOCUMENT);
    expect([...routes].map(([key, { authorizationType }]) => [key, authorizationType])).toEqual([
      ['GET /pets', 'AWS_IAM'],
      ['POST /pets', 'NONE'],
      ['$default $default', 'NONE'],
    ]);
    const rests = [...routes.values()].map(({ rest }) => rest);
    expect(new Set(rests).size).toBe(3);
    expect(rests.every((rest) => rest !== '')).toBe(true);
  });

  test('has what describes an authorizer, and no scheme without one', async () => {
    const { authorizers } = await read(DOCUMENT);
    expect([...authorizers.keys()]).toEqual(['keyed']);
    const changed = { keyed: { 'x-amazon-apigateway-authorizer': { ...AUTHORIZER, ttl: 0 } } };
    const other = await read(differing({ components: { securitySchemes: changed } }));
    expect(other.authorizers.get('keyed')).not.toBe(authorizers.get('keyed'));
    expect((await read(differing({ components: {} }))).authorizers).toEqual(new Map());
  });

  test('has what else a deployment ships, and nothing that differs by stage and time', async () => {
    const { parts } = await read(DOCUMENT);
    expect([...parts.keys()]).toEqual(['x-amazon-apigateway-cors']);
    const cors = { allowOrigins: ['https://a.test'] };
    const other = await read(differing({ 'x-amazon-apigateway-cors': cors }));
    expect(other.parts.get('x-amazon-apigateway-cors')).not.toBe([...parts.values()][0]);
  });

  test('is the same however the members of its objects are ordered', async () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([name, inner]) => [name, turned(inner)]),
      );
    };
    expect(await read(turned(DOCUMENT))).toEqual(await read(DOCUMENT));
  });

  test('does not take another authorization for another integration', async () => {
    const opened = {
      '/pets': {
        ...DOCUMENT.paths['/pets'],
        get: { ...DOCUMENT.paths['/pets'].get, security: [] },
      },
    };
    const before = (await read(DOCUMENT)).routes.get('GET /pets');
    const after = (await read(differing({ paths: opened }))).routes.get('GET /pets');
    expect([before?.authorizationType, after?.authorizationType]).toEqual(['AWS_IAM', 'NONE']);
    expect(after?.rest).toBe(before?.rest);
  });

  test.each(['<html>', '{}', '[]', 'null'])('that is %s is a failure of the call', async (text) => {
    const reading = readExported({ exportApi: async () => text }, 'a1', 'prod');
    await expect(reading).rejects.toThrow(AwsFailure);
    await expect(reading).rejects.toThrow('ExportApi');
  });
});
