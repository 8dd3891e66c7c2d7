import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDist } from './bundle.mjs';
import { writeSarifValidator } from './sarif-validator.mjs';

/**
 * Runs before every run of Jest, of one file as of all, and before each run of its watch mode: scenarios
 * run the bundle, so it is made from the sources as they are now. Where that fails, no test runs.
 *
 * Scenarios start the bundle many hundred times: what Node compiles of it is kept for the next start, and
 * so is what holds their SARIF files to the schema.
 */
export default async function buildBeforeTests() {
  process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'apigw-iam-gate-compile-cache');
  const [validator] = await Promise.all([writeSarifValidator(), buildDist()]);
  process.env.SARIF_VALIDATOR = validator;
}
