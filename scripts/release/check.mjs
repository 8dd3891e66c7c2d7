import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { notesOf } from './changelog.mjs';
import { ownerOf } from './owner.mjs';

/*
 * Whether a version can be released: `node scripts/release/check.mjs VERSION OWNER`. Everything that is
 * wrong is said at once.
 */

/**
 * Everything that keeps a version from being released.
 *
 * @param {object} state
 * @param {string} state.asked
 * @param {string} state.owner
 * @param {{ version: string, private?: boolean, repository?: { url: string } }} state.packageJson
 * @param {string} state.changelog
 * @param {readonly string[]} state.tags
 * @returns {string[]}
 */
export function problemsOf({ asked, owner, packageJson, changelog, tags }) {
  const { version } = packageJson;
  return [
    ...(/^\d+\.\d+\.\d+$/.test(asked) ? [] : [`"${asked}" is no version such as 1.2.3.`]),
    ...(asked === version
      ? []
      : [`package.json has the version ${version}: run npm version ${asked}.`]),
    ...(notesOf(changelog, asked) === null
      ? [`CHANGELOG.md has no section "## ${asked} - DATE": move what is under Unreleased there.`]
      : []),
    ...(tags.includes(`v${asked}`)
      ? [`The tag v${asked} is there already: release another version.`]
      : []),
    ...(ownerOf(packageJson) === owner
      ? []
      : [`package.json names the owner ${ownerOf(packageJson)}: run npm run owner -- ${owner}.`]),
    ...(packageJson.private === true
      ? ['package.json says "private": npm would not publish it.']
      : []),
  ];
}

async function main() {
  const [asked = '', owner = ''] = process.argv.slice(2);
  const problems = problemsOf({
    asked,
    owner,
    packageJson: JSON.parse(await readFile('package.json', 'utf8')),
    changelog: await readFile('CHANGELOG.md', 'utf8'),
    tags: execFileSync('git', ['tag', '--list'], { encoding: 'utf8' }).split('\n'),
  });
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(`${asked} can be released.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
