import { describe, expect, test } from '@jest/globals';
import {
  isControlPath,
  matchOperation,
  OPERATIONS,
} from '../../emulator/control-plane/operations.js';
import { modelledOperations } from '../../emulator/control-plane/router.js';

/** The operation of a request, by name, and the values of its path. */
function match(method: string, target: string) {
  const { pathname, search } = new URL(target, 'http://127.0.0.1');
  const found = matchOperation(method, pathname, new URLSearchParams(search));
  return found === undefined ? undefined : [found.name, Object.fromEntries(found.path)];
}

// Source: the service model (botocore, apigateway 2015-07-09).
describe('operations', () => {
  test('every handler is of an operation that a request can reach', () => {
    const names = new Set(OPERATIONS.map(([name]) => name));
    expect(modelledOperations().filter((name) => !names.has(name))).toEqual([]);
  });

  test('are told apart by method, path and the import mode', () => {
    expect(match('GET', '/restapis')).toEqual(['GetRestApis', {}]);
    expect(match('POST', '/restapis')).toEqual(['CreateRestApi', {}]);
    expect(match('POST', '/restapis?mode=import')).toEqual(['ImportRestApi', {}]);
    expect(match('PUT', '/restapis/a?mode=merge')).toEqual(['PutRestApi', { restapi_id: 'a' }]);
    expect(match('PATCH', '/restapis/a/stages/prod')).toEqual([
      'UpdateStage',
      { restapi_id: 'a', stage_name: 'prod' },
    ]);
    expect(match('GET', '/restapis/a/nothing')).toBeUndefined();
    expect(match('BREW', '/restapis')).toBeUndefined();
  });

  test('take an ARN with its slashes encoded or not', () => {
    const arn = 'arn:aws:apigateway:us-east-1::/restapis/a';
    const expected = ['GetTags', { resource_arn: arn }];
    expect(match('GET', `/tags/${encodeURIComponent(arn)}`)).toEqual(expected);
    expect(match('GET', `/tags/${arn}`)).toEqual(expected);
  });

  test('have paths of their own', () => {
    expect(['/restapis', '/tags/x', '/domainnames', '/account'].every(isControlPath)).toBe(true);
    expect(isControlPath('/a1b2c3d4e5/prod/restapis')).toBe(false);
    expect(isControlPath('/')).toBe(false);
  });
});
