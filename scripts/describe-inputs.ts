import type { ActionMetadata } from './action-metadata.js';

/** A module with what `action.yml` says of each input; its layout is left to the formatter. */
export function describeInputs({ inputs }: ActionMetadata): string {
  const lines = Object.entries(inputs).map(
    ([name, { description }]) => `${JSON.stringify(name)}: ${JSON.stringify(description)},`,
  );
  return [
    '/* Made from action.yml by: npm run docs. */',
    '',
    '/** What each input means, by its name. */',
    'export const DESCRIPTIONS: Readonly<Record<string, string>> = {',
    ...lines,
    '};',
    '',
  ].join('\n');
}
