/**
 * The folders whose unit tests must notice a change: what collects evidence, judges it, proves it and
 * changes what is deployed.
 */
export const FOLDERS: readonly string[] = [
  'src/evidence',
  'src/rules',
  'src/probe',
  'src/access',
  'src/enforce',
  'src/config',
];

/** The share of mutants, in percent, that the tests of a folder must kill. */
export const REQUIRED_SCORE = 85;
