import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blocksOf } from './blocks.js';

/*
 * Writes every workflow and configuration file that the pages and examples show into a folder, so that
 * the tools that judge such files can: `node lib/scripts/workflows/write-files.js FOLDER`. A file is named
 * after its page and line.
 */

const ROOT = new URL('../../../', import.meta.url);
const folder = process.argv[2];
if (folder === undefined) throw new Error('Which folder? Give it as an argument.');

const workflows = join(folder, '.github', 'workflows');
const configurations = join(folder, 'configurations');
await mkdir(workflows, { recursive: true });
await mkdir(configurations, { recursive: true });

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'RELEASING.md', 'setup/README.md'],
  ...(await namesIn('docs/', '.md')),
];
for (const page of pages) {
  for (const { line, kind, text } of blocksOf(await readFile(new URL(page, ROOT), 'utf8'))) {
    const name = `${page.replaceAll('/', '-').replace(/\.md$/, '')}-line-${line}.yml`;
    if (kind === 'workflow') await writeFile(join(workflows, name), text);
    if (kind === 'configuration') await writeFile(join(configurations, name), text);
  }
}
const complete = [
  ...(await namesIn('examples/', '.yml')),
  ...(await namesIn('.github/workflows/', '.yml')),
];
for (const file of complete) {
  const prefix = file.startsWith('.github') ? 'own' : 'example';
  const text = await readFile(new URL(file, ROOT), 'utf8');
  // Other systems have their files there, too.
  if (!/^jobs:/m.test(text)) continue;
  await writeFile(join(workflows, `${prefix}-${basename(file)}`), text);
}

async function namesIn(path: string, ending: string): Promise<string[]> {
  const names = await readdir(fileURLToPath(new URL(path, ROOT)));
  return names
    .filter((name) => name.endsWith(ending))
    .toSorted()
    .map((name) => `${path}${name}`);
}
