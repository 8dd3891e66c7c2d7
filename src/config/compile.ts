import type { Location } from '../model/finding.js';
import type { Config } from './config.js';
import type { ConfigFile } from './file-schema.js';
import { compileMethodGlobs } from './method-glob.js';
import { REQUIRED_AUTHORIZATION_TYPE } from './requirement.js';

/** A configuration file that was understood. */
export interface ParsedConfig {
  readonly config: Config;
  /** Values for inputs that the workflow gives none for, by the inputs' names. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * Makes of a file's content what the gate judges by.
 *
 * @param origin which file it is.
 * @param lineOf the line of a key or an item of the file.
 */
export function compile(
  content: ConfigFile,
  origin: Omit<Location, 'line'>,
  lineOf: (path: readonly PropertyKey[]) => number,
): ParsedConfig {
  return {
    config: {
      types: withIam(content.require?.types ?? []),
      overrides: (content.require?.overrides ?? []).map(({ methods, types }) => ({
        matches: compileMethodGlobs(listOf(methods)),
        types: withIam(types),
      })),
      exceptions: (content.exceptions ?? []).map((exception, index) => ({
        methods: listOf(exception.methods),
        matches: compileMethodGlobs(listOf(exception.methods)),
        apis: listOf(exception.api),
        stages: stagesOf(listOf(exception.stage ?? [])),
        reason: exception.reason,
        owner: exception.owner,
        expires: exception.expires ?? null,
        location: { ...origin, line: lineOf(['exceptions', index]) },
      })),
      samples: (content.smoke ?? []).map((sample) => ({
        matches: compileMethodGlobs(listOf(sample.methods)),
        pathParameters: stringsOf(sample['path-parameters'] ?? {}),
        query: Object.entries(sample.query ?? {}).flatMap(([name, values]) =>
          [values].flat().map((value): [string, string] => [name, String(value)]),
        ),
        headers: stringsOf(sample.headers ?? {}),
        body: sample.body ?? null,
        expectedStatuses: sample.expect ?? [],
      })),
      templates: new Map(Object.entries(content.templates ?? {})),
    },
    inputs: stringsOf(content.inputs ?? {}),
  };
}

/** AWS_IAM is what enforce sets: a configuration adds to it, and never takes it away. */
function withIam(types: readonly string[]): readonly string[] {
  return [...new Set([REQUIRED_AUTHORIZATION_TYPE, ...types])];
}

/** `*` is every stage, which no name at all means as well. */
function stagesOf(names: readonly string[]): readonly string[] {
  return names.includes('*') ? [] : names;
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function stringsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
}
