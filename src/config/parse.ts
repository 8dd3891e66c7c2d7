import type { Document } from 'yaml';
import type { Location, RemoteFile } from '../model/finding.js';
import { failed, ok, type Result } from '../model/result.js';
import { compile, type ParsedConfig } from './compile.js';
import { configFileSchema, problemOfExpiry } from './file-schema.js';
import { nodeAt, problemsOf } from './problems.js';
import { problemsOfSample } from './sample-problems.js';
import { MAX_PROBLEMS, parseYamlFile, type YamlFile } from './yaml-file.js';

/** What a configuration file says, or every problem with it as `file:line:column: …`. */
type ParseResult = Result<ParsedConfig, readonly string[]>;

/**
 * Parses a configuration file, YAML or JSON (which YAML contains). Pure; never throws.
 *
 * @param inputs names of the inputs that the file may set.
 * @param remote where the file was read; `null` where that is the checkout.
 */
export function parseConfigFile(
  text: string,
  file: string,
  inputs: readonly string[],
  remote: RemoteFile | null = null,
): ParseResult {
  const origin = remote === null ? { file } : { file, remote };
  return parseYamlFile(text, file, 'policy file', (parsed) => checkConfig(parsed, origin, inputs));
}

function checkConfig(
  { document, content, place, lineAt }: YamlFile,
  origin: Omit<Location, 'line'>,
  inputs: readonly string[],
): ParseResult {
  const schema = configFileSchema(inputs);
  const parsed = schema.safeParse(content);
  const problems = [
    ...problemsOf(parsed.error?.issues ?? [], schema, document, place),
    ...expiryProblems(content, document, place),
    ...sampleProblems(content, document, place),
  ];
  if (!parsed.success || problems.length > 0) {
    return failed([...new Set(problems)].slice(0, MAX_PROBLEMS));
  }
  const lineOf = (path: readonly PropertyKey[]): number =>
    lineAt(nodeAt(document, path)?.range?.[0] ?? 0);
  return ok(compile(parsed.data, origin, lineOf));
}

function expiryProblems(
  content: unknown,
  document: Document,
  place: (offset: number) => string,
): string[] {
  const exceptions: unknown =
    typeof content === 'object' && content !== null ? Reflect.get(content, 'exceptions') : null;
  if (!Array.isArray(exceptions)) return [];
  return exceptions.flatMap((exception: unknown, index) => {
    const problem = problemOfExpiry(exception);
    if (problem === null) return [];
    const offset = nodeAt(document, ['exceptions', index])?.range?.[0] ?? 0;
    return [`${place(offset)}: exceptions[${index}]: ${problem}`];
  });
}

function sampleProblems(
  content: unknown,
  document: Document,
  place: (offset: number) => string,
): string[] {
  const samples: unknown =
    typeof content === 'object' && content !== null ? Reflect.get(content, 'smoke') : null;
  if (!Array.isArray(samples)) return [];
  return samples.flatMap((sample: unknown, index) =>
    problemsOfSample(sample).map(({ key, problem }) => {
      const offset = nodeAt(document, ['smoke', index, key])?.range?.[0] ?? 0;
      return `${place(offset)}: smoke[${index}].${key}: ${problem}`;
    }),
  );
}
