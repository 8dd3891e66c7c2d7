import { readFile } from 'node:fs/promises';
import { notesOf } from './changelog.mjs';

/*
 * Prints the release notes of the version in package.json.
 */

const { version } = JSON.parse(await readFile('package.json', 'utf8'));
const notes = notesOf(await readFile('CHANGELOG.md', 'utf8'), version);
if (notes === null) throw new Error(`CHANGELOG.md has nothing about ${version}.`);
process.stdout.write(notes);
