import { readFile } from 'node:fs/promises';
import { INPUTS } from '../src/inputs/table.js';
import { RULES } from '../src/rules/index.js';
import { readActionMetadata } from './action-metadata.js';
import { insertTables, makeTables } from './documentation.js';
import { writeGenerated } from './generated-file.js';

/*
 * Writes the README's tables of inputs, outputs and rules from action.yml, the table of inputs and the
 * list of rules: `npm run docs`. With `--check` nothing is written, and the exit code is 1 where they differ.
 */

const ROOT = new URL('../../', import.meta.url);
const README = new URL('README.md', ROOT);

const action = readActionMetadata(await readFile(new URL('action.yml', ROOT), 'utf8'));
const readme = await readFile(README, 'utf8');
await writeGenerated({
  file: README,
  text: insertTables(readme, makeTables(action, Object.values(INPUTS), RULES)),
  remedy: 'npm run docs, and commit the file',
});
