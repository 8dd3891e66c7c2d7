import { isMap, isSeq, LineCounter, parseDocument } from 'yaml';

/** What a block of YAML in a page is. */
export type BlockKind = 'workflow' | 'configuration' | 'other';

/** A block of YAML in a page, as a file of its own. */
export interface Block {
  /** From 1, of the block's first line in the page. */
  readonly line: number;
  readonly kind: BlockKind;
  /** A whole workflow, also where the page shows a part of one. */
  readonly text: string;
}

/** Keys of the configuration file. */
const CONFIGURATION = ['require', 'exceptions', 'samples', 'inputs', 'templates'];

/** Keys of a workflow that a page may show without the rest. */
const OF_WORKFLOW = ['concurrency', 'permissions', 'on'];

/**
 * The blocks of a Markdown page that are marked as YAML. Steps and other parts of a workflow get the rest
 * of one around them, so that the tools that judge workflows judge them, too.
 *
 * @throws Error where a block is no YAML, with its line.
 */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^( *)```ya?ml\n([\s\S]*?)^\1```$/gm)].map((match) => {
    const [, indentation = '', body = ''] = match;
    const line = page.slice(0, match.index).split('\n').length + 1;
    const text = body.replace(new RegExp(`^${indentation}`, 'gm'), '');
    return { line, ...read(text, line) };
  });
}

function read(text: string, line: number): Omit<Block, 'line'> {
  const document = parseDocument(text, { lineCounter: new LineCounter() });
  const [error] = document.errors;
  if (error !== undefined)
    throw new Error(`The block in line ${line} is no YAML: ${error.message}`);
  const { contents } = document;
  if (isSeq(contents)) return { kind: 'workflow', text: withSteps(text) };
  if (!isMap(contents)) return { kind: 'other', text };
  if (contents.has('jobs') && contents.has('on')) return { kind: 'workflow', text };
  const keys = contents.items.map(({ key }) => String(key));
  if (keys.every((key) => CONFIGURATION.includes(key))) return { kind: 'configuration', text };
  if (keys.every((key) => OF_WORKFLOW.includes(key)))
    return { kind: 'workflow', text: withJob(text) };
  if (contents.has('jobs')) return { kind: 'workflow', text: `on: workflow_dispatch\n${text}` };
  return { kind: 'other', text };
}

function withSteps(steps: string): string {
  return [
    'on: workflow_dispatch',
    'permissions: {}',
    'concurrency:',
    '  group: page',
    '  cancel-in-progress: false',
    'jobs:',
    '  page:',
    '    runs-on: ubuntu-latest',
    '    permissions:',
    '      contents: read',
    '    steps:',
    ...steps
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : `      ${line}`)),
    '',
  ].join('\n');
}

function withJob(part: string): string {
  const rest = ['on: workflow_dispatch', 'permissions: {}'].filter(
    (line) => !part.startsWith(line.slice(0, line.indexOf(':') + 1)),
  );
  return [
    ...rest,
    part.trimEnd(),
    'jobs:',
    '  page:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    '      - run: "true"',
    '',
  ].join('\n');
}
