import { readdir, readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

/*
 * Who owns the repository is written in package.json alone; pages, examples and workflows repeat it:
 * `npm run owner -- NAME` writes it everywhere.
 */

const NAME = 'apigw-iam-gate';

/** What repeats the owner: files, and folders with the endings of theirs. */
const REPEATED = [
  'README.md',
  'CONTRIBUTING.md',
  'RELEASING.md',
  'action.yml',
  'policy.schema.json',
  '.github/zizmor.yml',
  '.github/CODEOWNERS',
  '.github/ISSUE_TEMPLATE/config.yml',
];
const FOLDERS = ['docs', 'examples', 'setup', '.github/workflows'];

/**
 * @param {{ repository?: { url: string } }} packageJson
 * @returns {string}
 */
export function ownerOf({ repository }) {
  const owner = /github\.com\/([^/]+)\//.exec(repository?.url ?? '')?.[1];
  if (owner === undefined) throw new Error('package.json names no repository on GitHub.');
  return owner;
}

/**
 * @param {string} text
 * @param {string} from
 * @param {string} to
 */
export function withOwner(text, from, to) {
  return text.replaceAll(`${from}/${NAME}`, `${to}/${NAME}`).replaceAll(`@${from}/`, `@${to}/`);
}

/** @returns {Promise<string[]>} every file that may repeat the owner */
export async function filesWithOwner() {
  const found = await Promise.all(
    FOLDERS.map(async (folder) =>
      (await readdir(folder, { recursive: true }))
        .filter((name) => /\.(?:md|ya?ml|tf)$/.test(name))
        .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
    ),
  );
  return [...REPEATED, ...found.flat()];
}

async function main() {
  const [to] = process.argv.slice(2);
  if (to === undefined || !/^[A-Za-z0-9-]+$/.test(to))
    throw new Error('Which owner? npm run owner -- NAME');
  const text = await readFile('package.json', 'utf8');
  const from = ownerOf(JSON.parse(text));
  for (const file of ['package.json', ...(await filesWithOwner())]) {
    const before = await readFile(file, 'utf8').catch(() => null);
    if (before === null) continue;
    const after = withOwner(before, from, to);
    if (after !== before) await writeFile(file, after);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
