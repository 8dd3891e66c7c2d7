import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { blocksOf } from '../../../scripts/workflows/blocks.js';

const fenced = (text: string, language = 'yaml'): string =>
  `# A page\n\n\`\`\`${language}\n${text}\`\`\`\n`;

describe('a block of a page', () => {
  test('that is a workflow stays as it is, with the line where it begins', () => {
    const workflow = 'on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n';
    expect(blocksOf(fenced(workflow))).toEqual([{ line: 4, kind: 'workflow', text: workflow }]);
  });

  test('that is a list of steps becomes the steps of a job', () => {
    const [block] = blocksOf(
      fenced('- uses: some/action@v1\n  with:\n    a: |\n      b\n\n      c\n'),
    );
    expect(block?.kind).toBe('workflow');
    expect(parse(block?.text ?? '').jobs.page.steps).toEqual([
      { uses: 'some/action@v1', with: { a: 'b\n\nc\n' } },
    ]);
  });

  test('that is a part of a workflow gets the rest of one', () => {
    const [block] = blocksOf(fenced('concurrency:\n  group: x\n'));
    expect(block?.kind).toBe('workflow');
    expect(parse(block?.text ?? '')).toMatchObject({
      on: 'workflow_dispatch',
      concurrency: { group: 'x' },
      jobs: { page: { 'runs-on': 'ubuntu-latest' } },
    });
  });

  test('that is a configuration file is one, and anything else is nothing to judge', () => {
    expect(blocksOf(fenced('exceptions:\n  - methods: GET /\n'))[0]?.kind).toBe('configuration');
    expect(blocksOf(fenced('Resources: {}\n'))[0]?.kind).toBe('other');
    expect(blocksOf(fenced('on: push\n', 'text'))).toEqual([]);
  });

  test('within a list is read at its own indentation', () => {
    const page = '1. First:\n\n   ```yml\n   on: push\n   ```\n';
    expect(blocksOf(page)).toMatchObject([{ line: 4, kind: 'workflow' }]);
  });

  test('that is no YAML is refused with its line', () => {
    expect(() => blocksOf(fenced('a: [\n'))).toThrow('The block in line 4 is no YAML');
  });
});
