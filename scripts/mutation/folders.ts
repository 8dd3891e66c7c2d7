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

/**
 * Folders below these that are measured by their own name alone: what templates declare is read by parsers
 * that are larger than all the rest together, and whose tests are tables of templates.
 */
export const APART: readonly string[] = ['src/evidence/declared'];

/** The share of mutants, in percent, that the tests of a folder must kill. */
export const REQUIRED_SCORE = 85;
