import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ActionMetadata, readActionMetadata } from '../scripts/action-metadata.js';
import { REPOSITORY } from './bundle.js';

/** `action.yml` of this repository. */
export const ACTION: ActionMetadata = readActionMetadata(
  readFileSync(join(REPOSITORY, 'action.yml'), 'utf8'),
);

/** The one expression that a default of `action.yml` may be. */
const TOKEN = /^\$\{\{ github\.token \}\}$/;

/**
 * The file of the post step, beside that of the main step.
 *
 * @param main where the file of `runs.main` lies.
 */
export function postFileOf(main: string): string {
  const root = main.slice(0, main.length - ACTION.runs.main.length);
  if (join(root, ACTION.runs.main) !== main) {
    throw new Error(`${main} is not the file ${ACTION.runs.main} of an action.`);
  }
  return join(root || dirname(main), ACTION.runs.post);
}

/**
 * The inputs of a step as the runner hands them over: `with:`, and the defaults of `action.yml` for what
 * is not there. An input that is given as `''` stays so.
 *
 * @param token what `github.token` stands for.
 * @param declared the inputs of the action; those of `action.yml` unless it is another one.
 */
export function inputsOf(
  given: Readonly<Record<string, string>>,
  token: string,
  declared: Readonly<Record<string, { readonly default?: string | undefined }>> = ACTION.inputs,
): Record<string, string> {
  const defaults = Object.entries(declared).map(([name, input]): [string, string] => [
    name,
    TOKEN.test(input.default ?? '') ? token : (input.default ?? ''),
  ]);
  return { ...Object.fromEntries(defaults), ...given };
}
