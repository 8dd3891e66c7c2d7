import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licensesOf } from './licenses.mjs';

/*
 * Makes the bundle that ships: a file for the action's main step, one for its post step, and the parts
 * that both share or that a run loads only where it needs them.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The files of `action.yml`, `runs:`, and what they are made from. */
const ENTRIES = { index: 'src/entry/action.ts', post: 'src/entry/post.ts' };

/** Packages in CommonJS call `require` for modules of Node; ES modules have none of their own. */
const REQUIRE =
  "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);";

/**
 * Packages whose modules do nothing when they are loaded, although their `package.json` does not say
 * so: what nobody imports from them is left out. `@actions/core` would otherwise bring an HTTP client.
 */
const WITHOUT_SIDE_EFFECTS = /[\\/]node_modules[\\/](?:@actions[\\/][^\\/]+|undici)[\\/]/;

/** @type {import('esbuild').Plugin} */
const leaveOutUnused = {
  name: 'leave-out-unused',
  setup(context) {
    const seen = Symbol('seen');
    context.onResolve({ filter: /^(?:@actions\/|undici$|\.)/ }, async (args) => {
      if (args.pluginData === seen) return null;
      const { importer, namespace, resolveDir, kind } = args;
      const isInside = WITHOUT_SIDE_EFFECTS.test(importer);
      if (args.path.startsWith('.') && !isInside) return null;
      const options = { importer, namespace, resolveDir, kind, pluginData: seen };
      return { ...(await context.resolve(args.path, options)), sideEffects: false };
    });
  },
};

/**
 * Bundles the sources.
 *
 * @returns {Promise<ReadonlyMap<string, Uint8Array>>} the files of `dist/`, by name; the same bytes
 *   whatever the folder is called.
 */
export async function bundle() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    outdir: 'dist',
    write: false,
    bundle: true,
    splitting: true,
    metafile: true,
    minify: true,
    legalComments: 'none',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    chunkNames: 'part-[hash]',
    // Packages are taken as ES modules where they come as such, which leaves out what nobody uses.
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    plugins: [leaveOutUnused],
    logLevel: 'warning',
  });
  const files = new Map(
    outputFiles.map(({ path, contents }) => [relative(join(ROOT, 'dist'), path), contents]),
  );
  const encoder = new TextEncoder();
  files.set('package.json', encoder.encode('{\n  "type": "module"\n}\n'));
  files.set('licenses.txt', encoder.encode(await licensesOf(metafile, ROOT)));
  return files;
}

/**
 * Bundles into `dist/`. Only files that differ are written, and those that no build makes any more are
 * removed, so that whoever runs the bundle at the same time sees whole files.
 */
export async function buildDist() {
  const files = await bundle();
  const dist = join(ROOT, 'dist');
  await mkdir(dist, { recursive: true });
  // The entries come last: what they load is there by then.
  const names = [...files.keys()].sort((a, b) => Number(isEntry(a)) - Number(isEntry(b)));
  for (const name of names) {
    const content = files.get(name) ?? new Uint8Array();
    const path = join(dist, name);
    const before = await readFile(path).catch(() => null);
    if (before?.equals(content)) continue;
    const unfinished = `${path}.${process.pid}.tmp`;
    await writeFile(unfinished, content);
    await rename(unfinished, path);
  }
  for (const name of await readdir(dist)) {
    if (!files.has(name) && !name.endsWith('.tmp')) await rm(join(dist, name), { recursive: true });
  }
}

/** @param {string} name */
function isEntry(name) {
  return Object.keys(ENTRIES).some((entry) => name === `${entry}.js`);
}
