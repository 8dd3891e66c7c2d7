import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import {
  leaveOutManifests,
  leaveOutUnused,
  leaveOutUnusedSchemas,
  readWhatIsUsed,
  withoutEventStreams,
} from './bundle-plugins.mjs';
import { licensesOf } from './licenses.mjs';
import { mergeParts, reachableFrom } from './merge-parts.mjs';

/*
 * Makes the bundle that ships: a file for each entry, and the parts that several share or that a run
 * loads only where it needs them.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The files that others run by name, as `action.yml`, `plan/` and `merge/action.yml` do, and what they are made from. */
const ENTRIES = {
  index: 'src/entry/action.ts',
  post: 'src/entry/post.ts',
  plan: 'src/entry/fleet-plan.ts',
  merge: 'src/entry/fleet-merge.ts',
  cli: 'src/entry/cli.ts',
};

/** The name of a part, as esbuild makes it. */
const PART = /^part-[A-Z0-9]{8}\.js$/;
const PARTS = /part-[A-Z0-9]{8}\.js/g;

/** What the SDK's HTTP handler imports with its first request. */
const HTTP_OF_THE_SDK =
  'required:http?node_modules/@smithy/node-http-handler/dist-es/node-http-handler.js';

/**
 * What is loaded together is one file, for finding and opening each takes time: the parts that a source
 * always loads, but for those that an earlier one has. The post step comes first, since it starts without
 * what it needs only where there is something to undo.
 */
const LOADED_TOGETHER = [
  { sources: [ENTRIES.post], into: 'start.js', isRun: true },
  { sources: [ENTRIES.index], into: 'shared.js', isRun: true },
  { sources: ['src/runtime/run-on-target.ts', HTTP_OF_THE_SDK], into: 'audit.js' },
  { sources: ['src/gate/ask-and-conclude.ts'], into: 'judge.js' },
  { sources: ['src/runtime/publish-report.ts'], into: 'publish.js' },
  {
    sources: [
      'src/probe/classify/by-kind.ts',
      'src/probe/observe.ts',
      'src/runtime/open-prober.ts',
    ],
    into: 'probe.js',
  },
  ...Object.entries(ENTRIES).map(([name, source]) => ({
    sources: [source],
    into: `with-${name}.js`,
    isRun: true,
  })),
];

/**
 * Bundles the sources.
 *
 * @returns {Promise<ReadonlyMap<string, string>>} the files of `dist/`, by name; the same bytes
 *   whatever the folder is called.
 */
export async function bundle() {
  /** @satisfies {import('esbuild').BuildOptions} */
  const options = {
    absWorkingDir: ROOT,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  };
  const { outputFiles, metafile, warnings } = await build({
    ...options,
    entryPoints: ENTRIES,
    outdir: 'dist',
    write: false,
    bundle: true,
    splitting: true,
    metafile: true,
    chunkNames: 'part-[hash]',
    // Packages are taken as ES modules where they come as such, which leaves out what nobody uses.
    mainFields: ['module', 'main'],
    plugins: [
      withoutEventStreams,
      readWhatIsUsed,
      leaveOutUnused,
      leaveOutUnusedSchemas,
      leaveOutManifests,
    ],
  });
  // Shown by then, and never harmless: an export that is not there is `undefined` at run time.
  if (warnings.length > 0) throw new Error('The bundler has warned.');
  const { texts, outputs } = usedOf(withStableNames(outputFiles, metafile));
  return new Map([
    ...(await mergeParts(texts, outputs, LOADED_TOGETHER, options)),
    ['package.json', '{\n  "type": "module"\n}\n'],
    ['licenses.txt', await licensesOf([...outputs.values()], ROOT)],
  ]);
}

/** @typedef {import('esbuild').Metafile['outputs'][string]} Output */
/** @typedef {{ texts: Map<string, string>, outputs: Map<string, Output> }} Files by name */

/**
 * The files under names that tell what they are made from: the name that esbuild gives to a part depends
 * on where the project lies.
 *
 * @param {readonly import('esbuild').OutputFile[]} files
 * @param {import('esbuild').Metafile} metafile
 * @returns {Files}
 */
function withStableNames(files, metafile) {
  const all = Object.entries(metafile.outputs).map(
    ([path, output]) => /** @type {const} */ ([basename(path), output]),
  );
  const names = new Map(
    all.map(([name, { inputs, entryPoint = '' }]) => {
      const made = [entryPoint, ...Object.keys(inputs).sort()].join('\n');
      const hash = createHash('sha256').update(made);
      return [name, PART.test(name) ? `part-${hash.digest('hex').slice(0, 8)}.js` : name];
    }),
  );
  if (new Set(names.values()).size !== all.length) throw new Error('Two parts have one name.');
  /** @param {string} text */
  const renamed = (text) => text.replace(PARTS, (name) => names.get(name) ?? name);
  return {
    texts: new Map(files.map(({ path, text }) => [renamed(basename(path)), renamed(text)])),
    outputs: new Map(
      all.map(([name, output]) => {
        const imports = output.imports.map((it) => ({ ...it, path: renamed(it.path) }));
        return [renamed(name), { ...output, imports }];
      }),
    ),
  };
}

/**
 * The files that the entries reach: of what is imported on use by a module that nobody uses, esbuild
 * makes a file all the same.
 *
 * @param {Files} files
 * @returns {Files}
 */
function usedOf({ texts, outputs }) {
  const entries = Object.keys(ENTRIES).map((name) => `${name}.js`);
  const used = new Set(reachableFrom(entries, outputs, () => true));
  return {
    texts: new Map([...texts].filter(([name]) => used.has(name))),
    outputs: new Map([...outputs].filter(([name]) => used.has(name))),
  };
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
    const content = files.get(name) ?? '';
    const path = join(dist, name);
    const before = await readFile(path, 'utf8').catch(() => null);
    if (before === content) continue;
    const unfinished = `${path}.${process.pid}.tmp`;
    // What begins with a shebang can be run by its name, as pre-commit does.
    await writeFile(unfinished, content, { mode: content.startsWith('#!') ? 0o755 : 0o644 });
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
