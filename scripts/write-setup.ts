import { readFile } from 'node:fs/promises';
import {
  CLOUDFORMATION,
  type Dialect,
  insertRights,
  MARKDOWN,
  TERRAFORM,
} from '../setup/render.js';
import { writeGenerated } from './generated-file.js';

/*
 * Writes the rights of setup/rights.ts wherever they are shown or created: `npm run docs`. With `--check`
 * nothing is written, and the exit code is 1 where a file is out of date.
 */

const ROOT = new URL('../../', import.meta.url);

const FILES: Readonly<Record<string, Dialect>> = {
  'docs/reference.md': MARKDOWN,
  'docs/access.md': MARKDOWN,
  'docs/finding-apis.md': MARKDOWN,
  'setup/github-actions.yaml': CLOUDFORMATION,
  'setup/terraform/main.tf': TERRAFORM,
  'docs/fleet.md': MARKDOWN,
  'setup/organization/reader.yaml': CLOUDFORMATION,
  'setup/organization/hub.yaml': CLOUDFORMATION,
  'setup/organization/terraform/main.tf': TERRAFORM,
};

for (const [name, dialect] of Object.entries(FILES)) {
  const file = new URL(name, ROOT);
  await writeGenerated({
    file,
    text: insertRights(await readFile(file, 'utf8'), dialect),
    remedy: 'npm run docs, and commit the file',
  });
}
