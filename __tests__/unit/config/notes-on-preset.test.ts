import { expect, test } from '@jest/globals';
import { notesOnPreset } from '../../../src/config/load.js';

test('a note names the inputs that the policy file sets, and none that the workflow does', () => {
  const preset = { mode: 'plan', region: 'eu-west-1' };
  const notes = (given: Readonly<Record<string, string>>) =>
    notesOnPreset(preset, (name) => given[name] ?? '');
  expect(notes({})).toEqual(['The policy file sets mode: plan, region: eu-west-1.']);
  expect(notes({ mode: 'audit', region: ' ' })).toEqual([
    'The policy file sets region: eu-west-1.',
  ]);
  expect(notes({ mode: 'audit', region: 'eu-west-2' })).toEqual([]);
  expect(notesOnPreset({}, () => '')).toEqual([]);
});
