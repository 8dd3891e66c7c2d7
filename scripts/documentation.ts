import type { Input } from '../src/inputs/table.js';
import type { RuleDescription } from '../src/rules/rule.js';
import type { ActionMetadata } from './action-metadata.js';

/** The parts of docs/reference.md that are made from what they describe, by the names of their markers. */
export interface GeneratedTables {
  readonly inputs: string;
  readonly outputs: string;
  readonly rules: string;
}

/**
 * Makes the tables of inputs, outputs and rules, in the order of their sources. What an input or output
 * means, `action.yml` says.
 */
export function makeTables(
  action: ActionMetadata,
  inputs: readonly Input<unknown>[],
  rules: readonly RuleDescription[],
): GeneratedTables {
  return {
    inputs: table(
      ['Input', 'Default', 'Meaning'],
      inputs.map((input) => {
        const { description = '', default: inAction } = action.inputs[input.name] ?? {};
        return [
          code(input.name),
          defaultCell(input, inAction ?? null, description),
          description.replace(DEFAULT_IN_DESCRIPTION, ''),
        ];
      }),
    ),
    outputs: table(
      ['Output', 'Value'],
      Object.entries(action.outputs).map(([name, { description }]) => [code(name), description]),
    ),
    rules: table(
      ['Rule', 'Severity', 'Holds when'],
      rules.map(({ id, severity, holdsWhen }) => [
        `[${code(id)}](how-it-judges.md#${id})`,
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
 * How a description says the default of an input that has none in `action.yml`: a default there would
 * beat the value of the configuration file.
 */
export const DEFAULT_IN_DESCRIPTION = / Default: (`[^`]+`(?:, where it exists)?)\.$/;

function defaultCell(input: Input<unknown>, inAction: string | null, description: string): string {
  const fallback = inAction ?? input.default;
  if (fallback !== undefined) return code(fallback);
  return DEFAULT_IN_DESCRIPTION.exec(description)?.[1] ?? '';
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
