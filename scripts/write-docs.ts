import { readFile } from 'node:fs/promises';
import { INPUTS } from '../src/inputs/table.js';
import { RULES } from '../src/rules/index.js';
import { readActionMetadata } from './action-metadata.js';
import { insertTables, makeTables } from './documentation.js';
import { writeGenerated } from './generated-file.js';

/*
 * Writes the tables of docs/reference.md: of inputs, outputs and rules from action.yml, the table of inputs and the
 * list of rules: `npm run docs`. With `--check` nothing is written, and the exit code is 1 where they differ.
 */

const ROOT = new URL('../../', import.meta.url);
const REFERENCE = new URL('docs/reference.md', ROOT);

const action = readActionMetadata(await readFile(new URL('action.yml', ROOT), 'utf8'));
const reference = await readFile(REFERENCE, 'utf8');
await writeGenerated({
  file: REFERENCE,
  text: insertTables(reference, makeTables(action, Object.values(INPUTS), RULES)),
  remedy: 'npm run docs, and commit the file',
});
