import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/*
 * What npm gets is the command line and nothing else: its bundle needs no package, so a package.json that
 * named the ones it was built from would have everybody install them. `npm pack` and `npm publish` call
 * this before (prepack), which puts a package.json of that kind in place, and after (postpack), which puts
 * the own one back.
 */

const ROOT = new URL('..', import.meta.url);
const MANIFEST = new URL('package.json', ROOT);
const KEPT = new URL('package.json.packing', ROOT);
const DIST = new URL('dist/', ROOT);

/** What is said of a package, and nothing of how it is built. */
const FIELDS = [
  ...['name', 'version', 'private', 'description', 'keywords', 'license', 'author', 'repository'],
  ...['bugs', 'homepage', 'type', 'engines', 'bin', 'publishConfig'],
];

/**
 * The files of a bundle that a file loads, itself included, by their names.
 *
 * @param {string} entry
 * @param {ReadonlyMap<string, string>} texts of every file of the bundle, by its name
 * @returns {string[]}
 */
export function loadedBy(entry, texts) {
  const found = new Set([entry]);
  for (const name of found) {
    const text = texts.get(name) ?? '';
    for (const [, loaded = ''] of text.matchAll(/["'`]\.\/([\w-]+\.js)["'`]/g)) {
      // Packages have texts of this kind, too.
      if (texts.has(loaded)) found.add(loaded);
    }
  }
  return [...found].sort();
}

/**
 * The texts of a bundle's files, by name.
 *
 * @param {URL} dist
 * @returns {Promise<Map<string, string>>}
 */
export async function textsOf(dist) {
  const names = (await readdir(dist)).filter((name) => name.endsWith('.js'));
  const read = names.map(
    async (name) => /** @type {const} */ ([name, await readFile(new URL(name, dist), 'utf8')]),
  );
  return new Map(await Promise.all(read));
}

/**
 * @param {Readonly<Record<string, unknown>>} manifest
 * @param {readonly string[]} bundle names of files in dist
 * @returns {Record<string, unknown>}
 */
export function slimManifest(manifest, bundle) {
  const kept = FIELDS.flatMap((name) => (name in manifest ? [[name, manifest[name]]] : []));
  const besides = ['dist/package.json', 'dist/licenses.txt', 'docs/how-it-judges.md'];
  return { ...Object.fromEntries(kept), files: [...bundle.map((it) => `dist/${it}`), ...besides] };
}

async function before() {
  const text = await readFile(MANIFEST, 'utf8');
  const files = loadedBy('cli.js', await textsOf(DIST));
  await writeFile(KEPT, text, { flag: 'wx' });
  await writeFile(MANIFEST, `${JSON.stringify(slimManifest(JSON.parse(text), files), null, 2)}\n`);
}

async function after() {
  await rm(MANIFEST, { force: true });
  await rename(KEPT, MANIFEST);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await (process.argv[2] === 'restore' ? after() : before());
}
