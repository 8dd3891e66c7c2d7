import type { Input } from '../src/inputs/table.js';
import type { ActionMetadata } from './action-metadata.js';

/**
 * A module with what `action.yml` says of the inputs that are options of the command line; its layout is
 * left to the formatter.
 */
export function describeInputs(
  { inputs }: ActionMetadata,
  options: readonly Input<unknown>[],
): string {
  const lines = options.map(
    ({ name }) => `${JSON.stringify(name)}: ${JSON.stringify(inputs[name]?.description ?? '')},`,
  );
  return [
    '/* Made from action.yml by: npm run docs. */',
    '',
    '/** What each input means that is an option of the command line, by its name. */',
    'export const DESCRIPTIONS: Readonly<Record<string, string>> = {',
    ...lines,
    '};',
    '',
  ].join('\n');
}
