import { describe, expect, test } from '@jest/globals';
import { V2_OPERATIONS } from '../../../emulator/v2/control/operations.js';
import { modelledV2Operations } from '../../../emulator/v2/control/router.js';
import { lowered, MODEL, problemsOf } from './service-model.js';

describe('the operations of the second version', () => {
  test('are those of the service model that the SDK carries', () => {
    const ours = new Map(
      V2_OPERATIONS.map(([name, ...call]) => [name, lowered(call.join(' '))] as const),
    );
    const differing = MODEL.filter(
      ({ name, method, template }) => ours.get(name) !== `${method} ${template}`,
    );
    expect(differing.map(({ name }) => name)).toEqual([]);
    expect(MODEL.length).toBeGreaterThan(100);
  });

  test('every handler is of an operation', () => {
    const names = new Set(V2_OPERATIONS.map(([name]) => name));
    expect(modelledV2Operations().filter((name) => !names.has(name))).toEqual([]);
  });
});

test.each([
  ['GetRoutes', 200, '{"items":[{"routeId":"a"}]}', ['GetRoutes.items[0].routeKey is missing']],
  [
    'GetRoutes',
    200,
    '{"items":[{"RouteKey":"a"}]}',
    expect.arrayContaining([expect.stringContaining('no member')]),
  ],
  ['GetRoutes', 201, '{}', ['GetRoutes: status 201']],
  ['GetApi', 200, '{"createdDate":1}', ['GetApi.createdDate: 1 is not of type 5']],
  [
    'GetStage',
    200,
    '{"stageName":"x","stageVariables":{"a":1}}',
    [expect.stringContaining('stageVariables.a')],
  ],
  ['DeleteApi', 204, '', []],
])('the oracle tells what is wrong: %s %d %s', (name, status, body, problems) => {
  expect(problemsOf(name, status, body)).toEqual(problems);
});
