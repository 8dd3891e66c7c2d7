import { expect, test } from '@jest/globals';
import { asksForSignature } from '../../../src/probe/select.js';

test.each<[deployed: string | null, configured: string | null, asks: boolean]>([
  ['AWS_IAM', 'AWS_IAM', true],
  ['AWS_IAM', 'NONE', true],
  ['AWS_IAM', null, true],
  ['NONE', 'AWS_IAM', false],
  ['CUSTOM', 'AWS_IAM', false],
  [null, 'AWS_IAM', false],
  ['unreadable', 'AWS_IAM', false],
  // Where no call tells what is served, what is configured says how to ask, and where that is not known the answers must.
  ['untold', 'AWS_IAM', true],
  ['untold', 'NONE', false],
  ['untold', 'JWT', false],
  ['untold', null, true],
  ['untold', 'unreadable', true],
  ['NONE', null, false],
  ['NONE', 'unreadable', false],
])('served as %s, configured as %s: asks for a signature: %s', (deployed, configured, asks) => {
  expect(asksForSignature({ deployed, configured })).toBe(asks);
});
