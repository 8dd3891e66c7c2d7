import type { RuleDescription } from '../src/rules/rule.js';
import type { ActionMetadata } from './action-metadata.js';

/** The parts of the README that are made from what they describe, by the names of their markers. */
export interface GeneratedTables {
  readonly inputs: string;
  readonly outputs: string;
  readonly rules: string;
}

/** Makes the tables of inputs, outputs and rules, in the order of their sources. */
export function makeTables(
  action: ActionMetadata,
  rules: readonly RuleDescription[],
): GeneratedTables {
  return {
    inputs: table(
      ['Input', 'Default', 'Meaning'],
      Object.entries(action.inputs).map(([name, input]) => [
        code(name),
        defaultCell(input),
        input.description.replace(DEFAULT_IN_CODE, ''),
      ]),
    ),
    outputs: table(
      ['Output', 'Value'],
      Object.entries(action.outputs).map(([name, { description }]) => [code(name), description]),
    ),
    rules: table(
      ['Rule', 'Severity', 'Holds when'],
      rules.map(({ id, severity, holdsWhen }) => [
        `[${code(id)}](docs/how-it-judges.md#${id})`,
        severity,
        holdsWhen,
      ]),
    ),
  };
}

/**
 * Puts the tables between their markers, `<!-- NAME:begin … -->` and `<!-- NAME:end -->`, and leaves
 * everything else as it is.
 *
 * @throws Error where a pair of markers is missing or stands there twice.
 */
export function insertTables(document: string, tables: GeneratedTables): string {
  return Object.entries(tables).reduce((text, [name, content]) => {
    const pattern = new RegExp(
      `(<!-- ${name}:begin[^>]*-->\\n)[\\s\\S]*?(<!-- ${name}:end -->)`,
      'g',
    );
    const found = [...text.matchAll(pattern)].length;
    if (found !== 1) {
      throw new Error(
        `The document needs one pair of markers <!-- ${name}:begin --> and <!-- ${name}:end -->, not ${found}.`,
      );
    }
    return text.replace(pattern, (_, begin: string, end: string) => `${begin}\n${content}\n${end}`);
  }, document);
}

/**
 * How the description of an input says its default where a policy file may set it, too: a default of
 * action.yml itself would beat the policy file's value.
 */
export const DEFAULT_IN_CODE = / Default: (`[^`]+`(?:, where it exists)?)\.$/;

function defaultCell(input: ActionMetadata['inputs'][string]): string {
  if (input.required === true) return '**required**';
  if (input.default !== undefined) return code(input.default);
  return DEFAULT_IN_CODE.exec(input.description)?.[1] ?? '';
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A table with its columns aligned, as Biome formats Markdown. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, column) =>
    Math.max(3, ...cells.map((row) => [...(row[column] ?? '')].length)),
  );
  const line = (row: readonly string[], filler = ' '): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width, filler)).join(' | ')} |`;
  const [titles = [], ...body] = cells;
  return [line(titles), line([], '-'), ...body.map((row) => line(row)), ''].join('\n');
}

/** A line break or a bar would end the cell, also within backticks. */
function cell(text: string): string {
  return text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|');
}
