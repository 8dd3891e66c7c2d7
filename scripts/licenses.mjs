import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * @typedef {object} Licensed
 * @property {string} name
 * @property {string} version
 * @property {string} license the identifier of SPDX
 * @property {string | null} text
 */

/**
 * The licences of all packages of which something is in the bundle, with their texts.
 *
 * @param {readonly import('esbuild').Metafile['outputs'][string][]} outputs what esbuild says of its files
 * @param {string} root the folder that their paths are relative to
 * @returns {Promise<string>}
 */
export async function licensesOf(outputs, root) {
  const used = outputs.flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? (folderOf(path) ?? []) : [],
    ),
  );
  const packages = await Promise.all([...new Set(used)].map((folder) => read(root, folder)));
  const sorted = packages.toSorted((a, b) => (titleOf(a) < titleOf(b) ? -1 : 1));
  const texts = sorted.map((it) => {
    const text = it.text ?? textOfSibling(it, sorted);
    if (text === null) throw new Error(`${titleOf(it)} (${it.license}) comes without its licence`);
    return `${titleOf(it)}\n${it.license}\n\n${text}\n`;
  });
  return `${[...new Set(texts)].join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** @param {Licensed} it */
function titleOf({ name, version }) {
  return `${name} ${version}`;
}

/**
 * The folder of the package that a module belongs to; `null` for a module of our own or of Node.
 *
 * @param {string} path
 */
function folderOf(path) {
  return /^[^:]*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? null;
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Promise<Licensed>}
 */
async function read(root, folder) {
  const { name, version, license } = JSON.parse(
    await readFile(join(root, folder, 'package.json'), 'utf8'),
  );
  if (typeof license !== 'string') throw new Error(`${folder} names no licence`);
  const file = (await readdir(join(root, folder)))
    .toSorted()
    .find((it) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(it));
  const text = file === undefined ? null : await readFile(join(root, folder, file), 'utf8');
  return { name, version, license, text: text?.replaceAll('\r\n', '\n').trim() ?? null };
}

/**
 * Some packages of a large project leave out the text that their neighbours have.
 *
 * @param {Licensed} one
 * @param {readonly Licensed[]} all
 */
function textOfSibling(one, all) {
  const [scope = ''] = one.name.split('/');
  const sibling = all.find(
    ({ name, license, text }) =>
      name.startsWith(`${scope}/`) && license === one.license && text !== null,
  );
  return sibling?.text ?? null;
}
