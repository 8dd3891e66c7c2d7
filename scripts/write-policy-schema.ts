import { writeGenerated } from './generated-file.js';
import { makePolicySchema } from './policy-schema.js';

/*
 * Writes policy.schema.json from the schema of the policy file; `--check` compares instead and
 * exits 1 where the two differ, `--print` writes to the standard output. Compiled to lib/scripts.
 */

await writeGenerated({
  file: new URL('../../policy.schema.json', import.meta.url),
  text: makePolicySchema(),
  remedy: 'npm run build, then node lib/scripts/write-policy-schema.js, and commit the file',
});
