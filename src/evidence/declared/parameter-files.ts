import type { Scope, UnknownGiven } from './cloudformation/scope.js';
import { type Files, fromRoot, normalize } from './files.js';
import { LIMITS } from './limits.js';
import {
  booleanOf,
  get,
  isList,
  isMap,
  isScalar,
  type Node,
  onlyEntry,
  scalar,
  scalarText,
  textOf,
} from './node.js';
import { parseText } from './parse.js';
import { SyntaxProblem } from './parse-json.js';

/** Facts about parameters, and of which of them nobody knows the value. */
type Given = Scope['given'];

export interface GivenParameters {
  readonly values: Given;
  readonly problems: readonly string[];
}

/**
 * Reads parameter files: the AWS CLI's list of `ParameterKey` and `ParameterValue`, its list of
 * `Key=Value`, CodePipeline's and Git sync's `Parameters` (lower case too), or a plain map. A later
 * file wins.
 */
export function readParameterFiles(paths: readonly string[], files: Files): GivenParameters {
  const values = new Map<string, Node | UnknownGiven>();
  const problems: string[] = [];
  for (const path of paths) {
    const file = normalize(fromRoot(path, files.root));
    const source =
      file === null ? { problem: 'leads out of the workspace' } : files.read(file, LIMITS.bytes);
    if ('problem' in source) {
      problems.push(`the parameter file ${path} ${source.problem}`);
      continue;
    }
    try {
      const root = parseText(file ?? path, source.text);
      const found = parametersOf(root);
      if (found === null) problems.push(`the parameter file ${path} holds no parameters`);
      for (const [name, value] of found ?? []) values.set(name, value);
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      const { line, column } = error.place;
      problems.push(
        `the parameter file ${path} cannot be parsed at ${line}:${column}: ${error.message}`,
      );
    }
  }
  return { values, problems };
}

/** What a stack was deployed with stands in no file. */
function previous(name: string, { at }: Node): UnknownGiven {
  return {
    reason: `parameter ${name} keeps the value that the stack has (UsePreviousValue)`,
    give: 'give that value in the parameter file',
    place: at,
    outer: null,
  };
}

function parametersOf(root: Node): readonly (readonly [string, Node | UnknownGiven])[] | null {
  if (isList(root)) {
    return root.items.flatMap((item): readonly (readonly [string, Node | UnknownGiven])[] => {
      const pair = /^([A-Za-z0-9]+)=([\s\S]*)$/.exec(textOf(item) ?? '');
      const [, name, value] = pair ?? [];
      if (name !== undefined && value !== undefined) return [[name, scalar(value, item.at)]];
      const key = scalarText(get(item, 'ParameterKey'));
      const given = get(item, 'ParameterValue');
      if (key === undefined) return [];
      // "If you specify true, do not specify a parameter value" (CloudFormation API Reference, "Parameter").
      if (booleanOf(get(item, 'UsePreviousValue')) === true) return [[key, previous(key, item)]];
      return given === undefined ? [] : [[key, given]];
    });
  }
  if (!isMap(root)) return null;
  const inner = get(root, 'Parameters') ?? get(root, 'parameters');
  const holder = isMap(inner) ? inner : root;
  return holder.entries.map(({ key, value }) => {
    if (isScalar(value) && value.value !== null) return [key, value];
    if (isList(value) && value.items.every(isScalar)) {
      return [key, scalar(value.items.map((it) => scalarText(it) ?? '').join(','), value.at)];
    }
    return [key, computed(key, value)];
  });
}

/**
 * What a pipeline writes in its place (`Fn::GetParam`, `Fn::GetArtifactAtt`; AWS CodePipeline User Guide, "Using
 * parameter override functions with CodePipeline pipelines").
 */
function computed(name: string, value: Node): UnknownGiven {
  const what = onlyEntry(value)?.key ?? 'no text';
  return {
    reason: `parameter ${name} is ${what} in the parameter file, and its value is known at the deployment`,
    give: 'give that value in the parameter file',
    place: value.at,
    outer: null,
  };
}
