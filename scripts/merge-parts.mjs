import { build } from 'esbuild';

/*
 * A bundler with several entries and imports on use cuts the sources into one part for each set of those
 * that share it: some thirty files before the main step has run a line. Finding and opening each takes
 * time, so the parts that an entry always loads become one file.
 */

/** @typedef {import('esbuild').Metafile['outputs'][string]} Output */
/** @typedef {import('esbuild').BuildOptions} BuildOptions */

/**
 * @typedef {object} Merge
 * @property {readonly string[]} sources each with a file of its own, as what is run or imported on use has
 * @property {string} into the file that takes all that these always load, except what an earlier one has;
 *   where nothing is left, there is no such file
 * @property {boolean} [isRun] whether they are run by name, and so stay files of their own
 */

/**
 * @param {ReadonlyMap<string, string>} files the bundler's files, by name
 * @param {ReadonlyMap<string, Output>} outputs what it says about them, by name
 * @param {readonly Merge[]} merges
 * @param {BuildOptions} options
 * @returns {Promise<Map<string, string>>} the files that take their place
 */
export async function mergeParts(files, outputs, merges, options) {
  const placed = merges.map(({ sources, ...merge }) => ({
    ...merge,
    names: sources.map((source) => fileOf(source, outputs)),
  }));
  const run = new Set(placed.flatMap(({ names, isRun }) => (isRun === true ? names : [])));
  /** The file that a part is merged into. @type {Map<string, string>} */
  const places = new Map();
  for (const { names, into } of placed) {
    for (const name of names.flatMap((it) => loadedWith(it, outputs))) {
      if (!run.has(name) && !places.has(name)) places.set(name, into);
    }
  }
  const numbers = new Map([...places.keys()].map((name, index) => [name, index]));
  /** An export's name within a merged file: unique there. @param {string} name @param {string} it */
  const within = (name, it) => `p${numbers.get(name)}_${it}`;
  /** @param {string} name */
  const exportsOf = (name) => outputs.get(name)?.exports ?? [];
  /** Those that are imported on use from elsewhere: all that such a part exports is one export. */
  const onUse = new Set(
    [...outputs].flatMap(([, { imports }]) =>
      imports.flatMap(({ path, kind }) => (kind === 'dynamic-import' ? [nameIn(path)] : [])),
    ),
  );

  /** What a part is for those that do not lie in the same file. @param {string} name @param {string} into */
  const elsewhere = (name, into) => {
    const names = exportsOf(name).map((it) => `${within(name, it)} as ${it}`);
    return `export {${names.join()}} from './${into}';`;
  };
  /** @param {string} text @param {string | null} home the merged file that it is made for */
  const bundled = async (text, home) => {
    const made = await rebundle(text, options, (name) => {
      const into = places.get(name);
      if (into === undefined) return null;
      return into === home ? (files.get(name) ?? null) : elsewhere(name, into);
    });
    return made.replace(IMPORT_ON_USE, (whole, name) => {
      const into = places.get(name);
      return into === undefined ? whole : `import("./${into}").then(m=>m.${within(name, 'all')})`;
    });
  };

  const made = [...new Set(places.values())].map(async (into) => {
    const own = [...places].filter(([, place]) => place === into).map(([name]) => name);
    const lines = own.flatMap((name) => {
      const names = exportsOf(name).map((it) => `${it} as ${within(name, it)}`);
      const all = `export * as ${within(name, 'all')} from './${name}';`;
      return [`export {${names.join()}} from './${name}';`, ...(onUse.has(name) ? [all] : [])];
    });
    return /** @type {const} */ ([into, await bundled(lines.join('\n'), into)]);
  });
  const unmerged = [...files]
    .filter(([name]) => !places.has(name))
    .map(async ([name, text]) => /** @type {const} */ ([name, await bundled(text, null)]));
  return new Map(await Promise.all([...made, ...unmerged]));
}

/** An import on use, as the bundler writes it. */
const IMPORT_ON_USE = /import\("\.\/([^"/]+)"\)/g;

/** @param {string} path */
function nameIn(path) {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * The file that a source is the beginning of.
 *
 * @param {string} source
 * @param {ReadonlyMap<string, Output>} outputs
 * @returns {string}
 */
function fileOf(source, outputs) {
  const [name] = [...outputs].find(([, { entryPoint }]) => entryPoint === source) ?? [];
  if (name === undefined) throw new Error(`${source} has no file of its own in the bundle.`);
  return name;
}

/**
 * A file and all that it imports, in the order in which they are evaluated at the latest.
 *
 * @param {string} entry
 * @param {ReadonlyMap<string, Output>} outputs
 * @returns {string[]}
 */
function loadedWith(entry, outputs) {
  return reachableFrom([entry], outputs, (kind) => kind === 'import-statement');
}

/**
 * The files that some files import in one of the given ways, these themselves first.
 *
 * @param {readonly string[]} entries
 * @param {ReadonlyMap<string, Output>} outputs
 * @param {(kind: string) => boolean} isFollowed
 * @returns {string[]}
 */
export function reachableFrom(entries, outputs, isFollowed) {
  const names = new Set(entries);
  for (const name of names) {
    for (const { path, kind } of outputs.get(name)?.imports ?? []) {
      const imported = nameIn(path);
      if (isFollowed(kind) && outputs.has(imported)) names.add(imported);
    }
  }
  return [...names];
}

/**
 * Bundles a text with those of its imports that `contentOf` knows; the others stay imports.
 *
 * @param {string} contents
 * @param {BuildOptions} options
 * @param {(name: string) => string | null} contentOf
 * @returns {Promise<string>}
 */
async function rebundle(contents, options, contentOf) {
  const { outputFiles } = await build({
    ...options,
    stdin: { contents, sourcefile: 'entry.js' },
    bundle: true,
    write: false,
    plugins: [
      {
        name: 'parts',
        setup(context) {
          context.onResolve({ filter: /^\.\/[^/]+\.js$/ }, ({ path, kind }) => {
            // Where that leads is written later: bundled here, it would be loaded at once.
            const contents = kind === 'dynamic-import' ? null : contentOf(path.slice(2));
            return contents === null
              ? { path, external: true }
              : { path, namespace: 'part', pluginData: contents };
          });
          context.onLoad({ filter: /.*/, namespace: 'part' }, ({ pluginData: contents }) => ({
            contents,
          }));
        },
      },
    ],
  });
  const [file] = outputFiles ?? [];
  if (file === undefined) throw new Error('esbuild made no file.');
  return file.text;
}
