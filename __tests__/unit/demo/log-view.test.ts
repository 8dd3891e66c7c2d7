import { expect, test } from '@jest/globals';
import { createLogView } from '../../../demo/log-view.js';
import type { Terminal } from '../../../demo/terminal.js';

test('what the runner is told to mask is shown to nobody, however it arrives', () => {
  const shown: string[] = [];
  const plain = (text: string): string => text;
  const terminal: Terminal = {
    columns: 100,
    print: (line = '') => void shown.push(line),
    dim: plain,
    bold: plain,
    red: plain,
    yellow: plain,
    green: plain,
  };
  const view = createLogView(terminal);
  view.write('::group::Turning IAM on\n::add-mask::the-sec');
  view.write('ret\ndone\n::endgroup::\n::add-mask::the-other');
  view.end();
  expect(shown.join('\n')).not.toMatch(/secret|other|add-mask/);
  expect(shown.map((line) => line.trim())).toEqual([
    expect.stringContaining('Turning IAM on'),
    expect.stringContaining('done'),
  ]);
});
