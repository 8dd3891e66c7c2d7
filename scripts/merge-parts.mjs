import { build } from 'esbuild';

/*
 * A bundler with several entries and imports on use cuts the sources into one part for each set of those
 * that share it: some thirty files before the main step has run a line. Finding and opening each takes
 * time, so the parts that an entry always loads become one file.
 */

/** @typedef {import('esbuild').Metafile['outputs'][string]} Output */
/** @typedef {import('esbuild').BuildOptions} BuildOptions */

/**
 * @param {ReadonlyMap<string, string>} files the bundler's files, by name
 * @param {ReadonlyMap<string, Output>} outputs what it says about them, by name
 * @param {readonly { readonly source: string; readonly into: string }[]} merges for each source that has
 *   a file of its own, as entries and what is imported on use have: the file that all its parts are merged
 *   into, except those that an earlier one has. Where none is left, there is no such file.
 * @param {BuildOptions} options
 * @returns {Promise<Map<string, string>>} the files that take their place
 */
export async function mergeParts(files, outputs, merges, options) {
  const starts = new Map(merges.map(({ source }) => [source, fileOf(source, outputs)]));
  const kept = new Set(starts.values());
  /** The file that a part is merged into. @type {Map<string, string>} */
  const places = new Map();
  for (const { source, into } of merges) {
    for (const name of loadedWith(starts.get(source) ?? '', outputs)) {
      if (!kept.has(name) && !places.has(name)) places.set(name, into);
    }
  }
  const numbers = new Map([...places.keys()].map((name, index) => [name, index]));
  /** An export's name within a merged file: unique there. @param {string} name @param {string} it */
  const within = (name, it) => `p${numbers.get(name)}_${it}`;
  /** @param {string} name */
  const exportsOf = (name) => outputs.get(name)?.exports ?? [];

  /** What a part is for those that do not lie in the same file. @param {string} name @param {string} into */
  const elsewhere = (name, into) => {
    const names = exportsOf(name).map((it) => `${within(name, it)} as ${it}`);
    return `export {${names.join()}} from './${into}';`;
  };
  /** @param {string} text @param {string | null} home the merged file that it is made for */
  const bundled = (text, home) =>
    rebundle(text, options, (name) => {
      const into = places.get(name);
      if (into === undefined) return null;
      return into === home ? (files.get(name) ?? null) : elsewhere(name, into);
    });

  const made = [...new Set(places.values())].map(async (into) => {
    const own = [...places].filter(([, place]) => place === into).map(([name]) => name);
    const lines = own.map((name) => {
      const names = exportsOf(name).map((it) => `${it} as ${within(name, it)}`);
      return `export {${names.join()}} from './${name}';`;
    });
    return /** @type {const} */ ([into, await bundled(lines.join('\n'), into)]);
  });
  const unmerged = [...files]
    .filter(([name]) => !places.has(name))
    .map(async ([name, text]) => /** @type {const} */ ([name, await bundled(text, null)]));
  return new Map(await Promise.all([...made, ...unmerged]));
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
      const imported = path.slice(path.lastIndexOf('/') + 1);
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
          context.onResolve({ filter: /^\.\/[^/]+\.js$/ }, ({ path }) => {
            const contents = contentOf(path.slice(2));
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
