import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { INPUT_OPTIONS } from '../src/runtime/cli/command-line.js';
import { readActionMetadata } from './action-metadata.js';
import { describeInputs } from './describe-inputs.js';
import { writeGenerated } from './generated-file.js';

/*
 * Writes what action.yml says of each input into src/inputs/descriptions.ts, for the help of the command
 * line, which has no action.yml: `npm run docs`.
 */

const ROOT = new URL('../../', import.meta.url);
const FILE = new URL('src/inputs/descriptions.ts', ROOT);

const action = readActionMetadata(await readFile(new URL('action.yml', ROOT), 'utf8'));
const biome = fileURLToPath(new URL('node_modules/@biomejs/biome/bin/biome', ROOT));
await writeGenerated({
  file: FILE,
  text: execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${FILE.pathname}`], {
    cwd: fileURLToPath(ROOT),
    input: describeInputs(action, INPUT_OPTIONS),
    encoding: 'utf8',
  }),
  remedy: 'npm run docs, and commit the file',
});
