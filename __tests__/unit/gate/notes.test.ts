import { describe, expect, test } from '@jest/globals';
import { notesOnAllowedTypes, notesOnApis } from '../../../src/gate/notes.js';
import type { ApiKind } from '../../../src/model/api-kind.js';
import { api, apiOf, read, rowsOf, stage } from '../evidence-builder.js';

const notesOn = (parts: Parameters<typeof api>[0]) =>
  notesOnApis({ apis: [api(parts)], listing: null });

describe('what is missing of an API', () => {
  test.each<[ApiKind, string]>([
    ['REST', 'methods'],
    ['HTTP', 'routes'],
    ['WEBSOCKET', 'routes'],
  ])('of the kind %s is told in its own words: %s', (kind, words) => {
    expect(notesOn({ kind, stages: read([stage()]) })).toEqual([
      `orders (a1b2c3) has no ${words} configured.`,
    ]);
  });

  test('is nothing where there is a stage and a method', () => {
    expect(notesOnApis({ apis: [apiOf({ 'GET /': 'AWS_IAM' })], listing: null })).toEqual([]);
  });

  test('may be its stages as well', () => {
    expect(notesOn({})).toEqual([
      'orders (a1b2c3) has no stage to audit: it was judged on what is configured alone.',
      'orders (a1b2c3) has no methods configured.',
    ]);
  });
});

describe('what the policy file allows', () => {
  const served = (kind: ApiKind) =>
    rowsOf({ ...apiOf({ 'GET /a': 'CUSTOM', 'GET /b': 'CUSTOM', 'GET /c': 'AWS_IAM' }), kind }).map(
      (row) => ({ ...row, allowedTypes: ['AWS_IAM', 'CUSTOM'] }),
    );

  test.each<[ApiKind, string]>([
    ['REST', 'methods'],
    ['HTTP', 'routes'],
  ])('of the kind %s is counted in its own words: %s', (kind, words) => {
    expect(notesOnAllowedTypes(served(kind))).toEqual([
      `The policy file allows CUSTOM, with which 2 of the ${words} are served.`,
    ]);
  });

  test('of several kinds is counted in both', () => {
    expect(notesOnAllowedTypes([...served('REST'), ...served('HTTP')])).toEqual([
      'The policy file allows CUSTOM, with which 4 of the methods and routes are served.',
    ]);
  });
});
