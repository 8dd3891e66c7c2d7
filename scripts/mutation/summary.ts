import type { Mutant } from './mutants.js';

/** A mutant and what became of it. No test reaches one that is `unreached`. */
export interface Result extends Mutant {
  readonly status: 'killed' | 'timeout' | 'survived' | 'unreached';
  readonly by: string | null;
}

/** The share of a folder's mutants that were noticed, in percent. */
export function scoreOf(results: readonly Result[], folder: string): number {
  const inFolder = results.filter(({ file }) => file.startsWith(`${folder}/`));
  if (inFolder.length === 0) return 100;
  return (100 * inFolder.filter(isNoticed).length) / inFolder.length;
}

/** A line for each folder. */
export function summaryOf(results: readonly Result[], folders: readonly string[]): string {
  return folders
    .map((folder) => {
      const inFolder = results.filter(({ file }) => file.startsWith(`${folder}/`));
      const count = (status: Result['status']) =>
        inFolder.filter((result) => result.status === status).length;
      return (
        `${folder}: ${scoreOf(results, folder).toFixed(1)} % of ${inFolder.length} killed ` +
        `(${count('timeout')} by a timeout, ${count('survived')} survived, ` +
        `${count('unreached')} reached by no test)\n`
      );
    })
    .join('');
}

/** Whether a test failed, or did not end. */
export function isNoticed({ status }: Result): boolean {
  return status === 'killed' || status === 'timeout';
}

/** A mutant that nobody noticed, and where it is. */
export function lineOf({ file, line, status, mutator, original, replacement }: Result): string {
  return `${file}:${line} ${status} ${mutator}: ${short(original)} -> ${short(replacement)}`;
}

function short(code: string): string {
  const line = code.replaceAll(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
