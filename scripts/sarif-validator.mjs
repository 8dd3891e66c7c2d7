import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SCHEMA_FILE = fileURLToPath(
  new URL('../__tests__/fixtures/sarif-2.1.0-rtm.5.json', import.meta.url),
);

const require = createRequire(import.meta.url);

/**
 * Writes what holds a SARIF file to its schema as a module of its own, unless an earlier run has. Each file
 * of scenarios would compile the schema anew, which takes longer than most of what it is asked.
 *
 * @returns {Promise<string>} the module's path: CommonJS, whose export is a `ValidateFunction` of Ajv
 */
export async function writeSarifValidator() {
  const schema = await readFile(SCHEMA_FILE, 'utf8');
  const { version } = require('ajv/package.json');
  const key = createHash('sha256')
    .update(`${version} ${await ownText()} ${schema}`)
    .digest('hex');
  const folder = join(tmpdir(), 'apigw-iam-gate-sarif-validator');
  const path = join(folder, `${key.slice(0, 16)}.cjs`);
  if (await isThere(path)) return path;
  await mkdir(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, await compile(schema));
  await rename(unfinished, path);
  return path;
}

/** @param {string} schema */
async function compile(schema) {
  const { Ajv } = require('ajv');
  const { default: standaloneCode } = require('ajv/dist/standalone');
  // The schema says draft-04, of which it uses nothing that draft-07 reads differently.
  const { $schema: _, id: __, ...members } = JSON.parse(schema);
  // One of its patterns has a stray bracket, which only expressions without the u flag allow.
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    unicodeRegExp: false,
    code: { source: true },
  });
  require('ajv-formats').default(ajv);
  const contents = standaloneCode(ajv, ajv.compile(members));
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

function ownText() {
  return readFile(fileURLToPath(import.meta.url), 'utf8');
}

/** @param {string} path */
function isThere(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}
