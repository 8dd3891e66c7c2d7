import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
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
 * An `import` of a module of Node reads all that it exports, and `node:http` exports `WebSocket`, which
 * loads a whole HTTP client: a third of the time of a start. So only what is used is read. `require`,
 * which packages in CommonJS call and ES modules do not have, is served in the same way.
 *
 * @type {import('esbuild').Plugin}
 */
const readWhatIsUsed = {
  name: 'read-what-is-used',
  setup(context) {
    context.onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path: name, kind, importer }) => {
      if (!isBuiltin(name)) return null;
      // What an `import()` takes is not known here. The SDK's HTTP handler makes one of `node:http`.
      const isWhole = kind === 'require-call' || kind === 'dynamic-import';
      const namespace = isWhole ? 'required' : 'imported';
      // To each its own: what one importer uses is not read for the others.
      const path = relative(ROOT, importer).split(sep).join('/');
      const suffix = `?${path.slice(Math.max(0, path.lastIndexOf('node_modules/')))}`;
      const pluginData = importer;
      return {
        path: name.replace(/^node:/, ''),
        suffix,
        namespace,
        pluginData,
        sideEffects: false,
      };
    });
    context.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}');`,
    }));
    context.onLoad({ filter: /.*/, namespace: 'imported' }, async ({ path, pluginData }) => {
      const names = namesFrom(path, await readFile(String(pluginData), 'utf8'));
      // Marked as pure, so that what is not used after all is left out.
      const lines = names.map((name) => `export const ${name} = /* @__PURE__ */ $read('${name}');`);
      const it = `const $it = /* @__PURE__ */ process.getBuiltinModule('node:${path}');`;
      const read = 'const $read = (name) => $it[name];';
      return { contents: [it, read, 'export default $it;', ...lines].join('\n') };
    });
  },
};

/**
 * No operation that the gate calls streams events, and what reads those would bring `node:zlib` and tables to
 * every start.
 *
 * @type {import('esbuild').Plugin}
 */
const withoutEventStreams = {
  name: 'without-event-streams',
  setup(context) {
    const namespace = 'without-event-streams';
    context.onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ path }) => ({
      path,
      namespace,
    }));
    context.onLoad({ filter: /.*/, namespace }, () => ({
      contents: 'throw new Error("This bundle reads no streams of events.");',
    }));
  },
};

/**
 * The SDK describes each operation and structure of a service by an array, and names members of objects in
 * them by constants: `{ [_hQ]: _dI }`. For the bundler that may call something, so that it keeps them all,
 * and every start reads them. With the names themselves, those that no command uses are left out.
 *
 * @type {import('esbuild').Plugin}
 */
const leaveOutUnusedSchemas = {
  name: 'leave-out-unused-schemas',
  setup(context) {
    const filter = /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/][^\\/]+\.js$/;
    context.onLoad({ filter }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const constants = new Map(
        [...source.matchAll(/^const (\w+) = ("[^"\\\n]*");$/gm)].map(([, name, text]) => [
          name,
          text,
        ]),
      );
      const contents = source.replace(/\[(_\w+)\]:/g, (written, name) => {
        const text = constants.get(name);
        return text === undefined ? written : `${text}:`;
      });
      return { contents, loader: 'js' };
    });
  },
};

/**
 * Of its own `package.json` a client of the SDK reads the version alone.
 *
 * @type {import('esbuild').Plugin}
 */
const leaveOutManifests = {
  name: 'leave-out-manifests',
  setup(context) {
    const filter = /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/;
    context.onLoad({ filter }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

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

/**
 * What a source imports of a module of Node, by name or through its namespace. Which exports there are
 * besides depends on the Node that bundles, and may not decide what the bundle is.
 *
 * @param {string} builtin
 * @param {string} source
 * @returns {string[]}
 */
function namesFrom(builtin, source) {
  const statement = new RegExp(`import\\s+([^'";]+?)\\s+from\\s*['"](?:node:)?${builtin}['"]`, 'g');
  const names = [...source.matchAll(statement)].flatMap(([, clause = '']) => {
    const listed = /\{([^}]*)\}/.exec(clause)?.[1]?.split(',') ?? [];
    const [, namespace] = /\*\s+as\s+(\w+)/.exec(clause) ?? [];
    const used =
      namespace === undefined ? [] : source.matchAll(new RegExp(`\\b${namespace}\\.(\\w+)`, 'g'));
    return [
      ...listed.map((it) =>
        it
          .trim()
          .replace(/^type\s+/, '')
          .replace(/\s+as\s+.*$/s, ''),
      ),
      ...[...used].map(([, name = '']) => name),
    ];
  });
  return [...new Set(names)]
    .filter((name) => /^[A-Za-z_]\w*$/.test(name) && name !== 'default')
    .sort();
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
