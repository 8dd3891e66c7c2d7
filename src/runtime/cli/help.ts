import { DESCRIPTIONS } from '../../inputs/descriptions.js';
import type { Input } from '../../inputs/table.js';
import { INPUT_OPTIONS, isFlag } from './command-line.js';
import { FORMAT_NAMES } from './format-names.js';
import { inTerminalWords } from './words.js';

const COLUMN = 2;
const TEXT_COLUMN = 6;

/** What the command line says of itself: the options are the inputs of the action, in their order. */
export function helpText(columns: number): string {
  return `${[
    'Usage: apigw-iam-gate COMMAND [OPTIONS]',
    '',
    'Proves that Amazon API Gateway APIs can be called only with IAM authentication.',
    '',
    'Commands:',
    '  audit               judge APIs in AWS; changes nothing',
    '  declared FILE...    judge templates, OpenAPI documents, cdk.out folders; needs no credentials',
    '  plan                what enforce would change; changes nothing',
    '  enforce             turn IAM on, redeploy, prove it, or roll back',
    '',
    'Options of the command line:',
    `  -f, --format FORMAT  ${FORMAT_NAMES.join(', ')}. Default: terminal`,
    '  -o, --output FILE    write the result there in place of the standard output',
    '      --profile NAME   a profile of your AWS configuration. Default: AWS_PROFILE',
    '      --allow-no-api   declared: pass where none of the files declares an API',
    '      --verbose        a line for each call to AWS',
    '  -h, --help',
    '      --version',
    '',
    'Options that are inputs of the action as well; lists take commas or several options:',
    ...INPUT_OPTIONS.flatMap((input) => describe(input, columns)),
    '',
    'The result goes to the standard output, progress to standard error.',
    'Exit codes: 0 pass, 1 fail, 2 incomplete: something could not be read or proven, 3 configuration error.',
  ].join('\n')}\n`;
}

function describe(input: Input<unknown>, columns: number): string[] {
  const { name, default: fallback } = input;
  const value = isFlag(input) ? `[=true|false]` : ' VALUE';
  const text = inTerminalWords((DESCRIPTIONS[name] ?? '').replaceAll('`', ''));
  const isSaid = fallback === undefined || text.includes(' Default: ');
  const whole = isSaid ? text : `${text} Default: ${fallback}.`;
  return [
    `${' '.repeat(COLUMN)}--${name}${value}`,
    ...wrap(whole, columns - TEXT_COLUMN).map((line) => `${' '.repeat(TEXT_COLUMN)}${line}`),
  ];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
