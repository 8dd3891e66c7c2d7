import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { INPUT_NAMES } from '../../../src/inputs/table.js';
import { problemsOfUnknownInputs } from '../../../src/inputs/unknown-inputs.js';

const problemsOf = (name: string, value = 'x'): string[] =>
  problemsOfUnknownInputs({ [`INPUT_${name.toUpperCase()}`]: value });

describe('a name that is near to one of ours is refused with the name that was meant', () => {
  test.each([
    ['fail_on', 'fail-on'],
    ['failon', 'fail-on'],
    ['fial-on', 'fail-on'],
    ['replace_authorizers', 'replace-authorizers'],
    ['replace-authorizer', 'replace-authorizers'],
    ['api_id', 'api-id'],
    ['apiid', 'api-id'],
    ['api-ids', 'api-id'],
    ['stages', 'stage'],
    ['regoin', 'region'],
    ['regions', 'region'],
    ['polcy-file', 'policy-file'],
    ['base-line', 'baseline'],
    ['smoke test', 'smoke-test'],
    ['smoketimeout', 'smoke-timeout'],
    ['smoke-timout', 'smoke-timeout'],
    ['endpoint_uri', 'endpoint-url'],
    ['checkrun', 'check-run'],
    ['drift_issues', 'drift-issue'],
    ['upload_sarif', 'upload-sarif'],
  ])('%s: %s', (given, meant) => {
    expect(problemsOf(given.replaceAll(' ', '_'))).toEqual([
      `${given.replaceAll(' ', '_')}: there is no such input. Did you mean ${meant}?`,
    ]);
  });

  test('whatever separators stand in it', () => {
    const separator = fc.constantFrom('', '_', '-', ' ', '.');
    fc.assert(
      fc.property(fc.constantFrom(...INPUT_NAMES), separator, (name, between) => {
        const given = name.replaceAll('-', between);
        const expected = given === name ? 0 : 1;
        expect(problemsOf(given)).toHaveLength(expected);
      }),
    );
  });
});

test.each([
  // Inputs of other actions, which may be in the environment of a job.
  'who-to-greet',
  'token',
  'path',
  'repository',
  'ref',
  'state',
  'code',
  'node',
  'content',
  'commit',
  'command',
  'check_name',
  'role-to-assume',
  'aws-region',
  'role-session-name',
  'files',
  'version',
  'storage',
])('a foreign %s is none of our business', (name) => {
  expect(problemsOf(name)).toEqual([]);
});

test('what is given in its own name, or is empty, is no problem', () => {
  for (const name of INPUT_NAMES) expect(problemsOf(name)).toEqual([]);
  expect(problemsOf('fail_on', '')).toEqual([]);
  expect(problemsOf('fail_on', ' ')).toEqual([]);
  expect(problemsOfUnknownInputs({ FAIL_ON: 'never', INPUT_: 'x' })).toEqual([]);
});
