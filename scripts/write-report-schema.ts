import { writeGenerated } from './generated-file.js';
import { makeFleetSchema, makeReportSchema } from './report-schema.js';

/*
 * Writes src/report/report.schema.json and src/fleet/fleet.schema.json from the zod schemas; `--check` compares instead and exits 1
 * where the two differ, `--print` writes to the standard output. Compiled to lib/scripts.
 */

await writeGenerated({
  file: new URL('../../src/report/report.schema.json', import.meta.url),
  text: makeReportSchema(),
  remedy: 'npm run build, then node lib/scripts/write-report-schema.js, and commit the file',
});
await writeGenerated({
  file: new URL('../../src/fleet/fleet.schema.json', import.meta.url),
  text: makeFleetSchema(),
  remedy: 'npm run build, then node lib/scripts/write-report-schema.js, and commit the file',
});
