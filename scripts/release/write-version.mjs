import { readFile, writeFile } from 'node:fs/promises';

/*
 * The version is written in package.json alone: `npm version` runs this, which writes it into the
 * sources, where the bundle has it from.
 */

const FILE = 'src/version.ts';

const { version } = JSON.parse(await readFile('package.json', 'utf8'));
const text = await readFile(FILE, 'utf8');
await writeFile(FILE, text.replace(/(VERSION = ')[^']*(')/, `$1${version}$2`));
