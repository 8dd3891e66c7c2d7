import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * What the bundler is told of packages, so that a start reads what it needs and no more.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Packages whose modules do nothing when they are loaded, although their `package.json` does not say
 * so: what nobody imports from them is left out. `@actions/core` would otherwise bring an HTTP client.
 */
const WITHOUT_SIDE_EFFECTS = /[\\/]node_modules[\\/](?:@actions[\\/][^\\/]+|undici)[\\/]/;

/** @type {import('esbuild').Plugin} */
export const leaveOutUnused = {
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
export const readWhatIsUsed = {
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
export const withoutEventStreams = {
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
export const leaveOutUnusedSchemas = {
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
export const leaveOutManifests = {
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
