import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { makeReportSchema } from './report-schema.js';

/*
 * Writes src/report/report.schema.json from the zod schema; `--check` compares instead and exits 1
 * where the two differ, `--print` writes to the standard output. Compiled to lib/scripts.
 */

const COMMITTED = new URL('../../src/report/report.schema.json', import.meta.url);
const flag = process.argv[2];
const schema = makeReportSchema();

if (flag === '--print') {
  process.stdout.write(schema);
} else if (flag === '--check') {
  const committed = await readFile(COMMITTED, 'utf8').catch(() => '');
  if (committed !== schema) {
    console.error(
      `${fileURLToPath(COMMITTED)} is not what src/report/schema.ts says: npm run build, then node lib/scripts/write-report-schema.js, and commit the file.`,
    );
    process.exitCode = 1;
  }
} else {
  await writeFile(COMMITTED, schema);
}
