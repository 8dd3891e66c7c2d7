import { expect, test } from '@jest/globals';
import { explainMissingFrom } from '../../../src/aws/missing-credentials.js';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };

test.each<[what: string, environment: Record<string, string>, advice: RegExp]>([
  ['a profile', { AWS_PROFILE: 'shop' }, /^Take AWS_PROFILE out/],
  ['a profile beside keys', { ...KEYS, AWS_PROFILE: 'shop' }, /^Take AWS_PROFILE out/],
  [
    'a key without its secret',
    { ...KEYS, AWS_SECRET_ACCESS_KEY: '' },
    /^Set AWS_SECRET_ACCESS_KEY/,
  ],
  ['a secret without its key', { AWS_SECRET_ACCESS_KEY: 'secret' }, /^Set AWS_ACCESS_KEY_ID/],
])('%s is named', (_what, environment, advice) => {
  const said = explainMissingFrom(environment);
  expect(said).toMatch(advice);
  expect(said).not.toMatch(/shop|AKIA|: secret/);
});

test.each([[{}], [{ AWS_PROFILE: '', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }], [KEYS]])(
  '%j shows no reason',
  (environment) => {
    expect(explainMissingFrom(environment)).toBeNull();
  },
);
