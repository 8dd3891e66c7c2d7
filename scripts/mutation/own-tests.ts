/**
 * Whether a file of unit tests is of the folder that a source lies in. A folder of tests has the name of a
 * folder of sources, at whatever depth that lies: `__tests__/unit/declared` is of `src/evidence/declared`.
 */
export function areTestsOf(test: string, source: string): boolean {
  const [, , folder = ''] = test.split('/');
  return source.split('/').slice(1, -1).includes(folder);
}
