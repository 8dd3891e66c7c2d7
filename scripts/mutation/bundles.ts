import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { areTestsOf } from './own-tests.js';

/** A file of unit tests with the sources that it loads, in one module. Packages stay outside. */
export interface Bundle {
  /** The file of tests, from the root of the project. */
  readonly test: string;
  /** Where the module was written. */
  readonly path: string;
}

const UNIT_TESTS = '__tests__/unit';

/**
 * Bundles each file of unit tests that loads a mutated source, of those folders that are mutated.
 *
 * @param sources - the mutated sources, by their path from the root of the project.
 * @param folder - where the bundles are written.
 */
export async function bundleTests(
  root: string,
  sources: ReadonlyMap<string, string>,
  folder: string,
): Promise<readonly Bundle[]> {
  const bundles: Bundle[] = [];
  for (const test of await testFiles(root)) {
    if (![...sources.keys()].some((source) => areTestsOf(test, source))) continue;
    const { outputFiles, metafile } = await build({
      absWorkingDir: root,
      entryPoints: [test],
      write: false,
      bundle: true,
      metafile: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20',
      outdir: folder,
      plugins: [loadFrom(root, sources)],
      define: { 'import.meta.url': ADDRESS },
      logLevel: 'warning',
    });
    const [output] = outputFiles;
    if (output === undefined || !Object.keys(metafile.inputs).some((name) => sources.has(name))) {
      continue;
    }
    const path = join(folder, `${bundles.length}.mjs`);
    await writeFile(path, output.contents);
    bundles.push({ test, path });
  }
  return bundles;
}

async function testFiles(root: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, UNIT_TESTS), { recursive: true });
  return entries
    .map((name) => join(UNIT_TESTS, name))
    .filter((name) => name.endsWith('.test.ts'))
    .sort();
}

/** What a module of a bundle takes for its own address. */
const ADDRESS = 'addressOfThisModule';

/** Takes the mutated sources, and lets every module know its own address. */
function loadFrom(root: string, sources: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'load-mutated-sources',
    setup(context) {
      context.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const text = sources.get(relative(root, path)) ?? (await readFile(path, 'utf8'));
        const address = JSON.stringify(pathToFileURL(path).href);
        const contents = text.includes('import.meta.url')
          ? `const ${ADDRESS} = ${address};${text}`
          : text;
        return { contents, loader: 'ts' };
      });
    },
  };
}
