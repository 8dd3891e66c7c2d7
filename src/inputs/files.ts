import { isAbsolute } from 'node:path';
import { normalize } from '../evidence/declared/files.js';
import type { Declared, DeclaredFile } from '../model/declared.js';
import type { Inputs } from './table.js';

/** Files that a problem names. */
const NAMED = 10;

/**
 * What is wrong with the inputs that name files, once they were looked for: a check that looks at nothing
 * would pass for ever.
 *
 * @param allowsNoApi files that declare no API are what was meant.
 */
export function problemsOfFiles(
  { apis, files, unmatched, problems }: Declared,
  { templates, planFile }: Pick<Inputs, 'templates' | 'planFile'>,
  allowsNoApi = false,
): string[] {
  const plan = files.find(({ file }) => planFile !== null && isSame(file, planFile));
  const isMissing = plan?.problem != null && IS_NO_FILE.test(plan.problem);
  const found = [
    ...unmatched.map(
      (glob) =>
        `templates: ${glob} matches no file. Check the path from the root of the repository, and that actions/checkout and whatever makes the file run before this step.`,
    ),
    ...(isMissing
      ? [
          `plan-file: ${plan.file} ${plan.problem}. ${LEADS_OUT.test(plan.problem) ? WRITE_INSIDE : `Write it before this step: terraform show -json plan.tfplan > ${plan.file}`}`,
        ]
      : []),
    ...problems.map((it) => {
      const name = it.startsWith('the parameter file') ? 'parameters' : 'templates';
      return `${name}: ${it}.${LEADS_OUT.test(it) ? ` ${WRITE_INSIDE}` : ''}`;
    }),
  ];
  if (found.length > 0 || apis.length > 0 || files.some(saysSomething) || allowsNoApi) return found;
  const input = templates.length > 0 ? 'templates' : 'plan-file';
  const names = files.map(({ file }) => file);
  const more = names.length - NAMED;
  const list = [...names.slice(0, NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
  return [
    `${input}: none of the files declares an API: ${list}. Name those that do, or leave the step out.`,
  ];
}

/** Why a path leads to nothing that could be read at all. */
const IS_NO_FILE = /does not exist|is not a file|leads out|circle of symbolic links/;

const LEADS_OUT = /leads out of the workspace/;
const WRITE_INSIDE = 'Nothing outside of it is read: write the file into the workspace.';

function saysSomething({ problem, unresolved, undeployable }: DeclaredFile): boolean {
  return problem !== null || unresolved.length > 0 || undeployable.length > 0;
}

/** Whether a path that was read from the workspace on is what an input gives, absolute or not. */
function isSame(file: string, given: string): boolean {
  const path = normalize(given);
  return file === given || file === path || (isAbsolute(given) && `/${path}`.endsWith(`/${file}`));
}
