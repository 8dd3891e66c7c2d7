import { filesInMemory } from '../../../src/evidence/declared/files.js';
import { readDeclaredFrom } from '../../../src/evidence/declared/read.js';
import type { Declared, DeclaredMethod } from '../../../src/model/declared.js';

export interface Options {
  readonly templates?: readonly string[];
  readonly planFile?: string;
  readonly parameters?: readonly string[];
}

/** Reads files that live in memory; all of them unless globs are given. */
export function declare(
  files: Readonly<Record<string, string>>,
  { templates, planFile, parameters = [] }: Options = {},
): Declared {
  const globs = templates ?? (planFile === undefined ? Object.keys(files) : []);
  return readDeclaredFrom(
    { templates: globs, planFile: planFile ?? null, parameters },
    filesInMemory(files),
  );
}

/** One template. */
export function template(text: string, options: Options = {}): Declared {
  return declare({ 'template.yaml': text }, { templates: ['template.yaml'], ...options });
}

export function methods(declared: Declared): readonly DeclaredMethod[] {
  return declared.apis.flatMap((api) => api.methods);
}

/** `GET /pets NONE [IsProd]`, in the order in which they stand. */
export function lines(declared: Declared): readonly string[] {
  return methods(declared).map(({ method, path, authorization, when }) =>
    [
      method === path ? path : `${method} ${path}`,
      authorization,
      ...(when.length > 0 ? [`[${when.join(', ')}]`] : []),
    ].join(' '),
  );
}

/** Whether the gate could pass what was read: everything known, deployable, IAM or a preflight. */
export function couldPass(declared: Declared): boolean {
  return (
    declared.unmatched.length === 0 &&
    declared.problems.length === 0 &&
    declared.files.every(
      (it) =>
        it.outcome !== 'unreadable' && it.unresolved.length === 0 && it.undeployable.length === 0,
    ) &&
    declared.apis.every(
      (api) =>
        api.unresolved.length === 0 &&
        api.undeployable.length === 0 &&
        api.methods.every(
          (it) => it.undeployable === null && (it.authorization === 'AWS_IAM' || it.isPreflight),
        ),
    )
  );
}
