import { expect, test } from '@jest/globals';
import { instructionsOf } from '../../../scripts/quickstart/page.js';

test('what a page tells its reader to do, in its order', () => {
  const page = [
    'Type:',
    '',
    '```sh',
    'npx a',
    '```',
    '',
    'Then see `report.json`. Save this as `.github/workflows/x.yml`, or so:',
    '',
    '```yaml',
    'on: push',
    '```',
    '',
    '```text',
    'shown, and not done',
    '```',
    '',
  ].join('\n');
  expect(instructionsOf(page)).toEqual([
    { kind: 'run', line: 4, command: 'npx a\n' },
    { kind: 'save', line: 10, path: '.github/workflows/x.yml', text: 'on: push\n' },
  ]);
});

test('a file without a place is refused with its line', () => {
  expect(() => instructionsOf('Somewhere:\n\n```yaml\na: 1\n```\n')).toThrow(
    'Where is the block in line 4 to be saved?',
  );
});
