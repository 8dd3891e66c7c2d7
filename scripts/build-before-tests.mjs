import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDist } from './bundle.mjs';

/**
 * Runs before every run of Jest, of one file as of all, and before each run of its watch mode: scenarios
 * run the bundle, so it is made from the sources as they are now. Where that fails, no test runs.
 *
 * Scenarios start the bundle many hundred times: what Node compiles of it is kept for the next start.
 */
export default async function buildBeforeTests() {
  process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'apigw-iam-gate-compile-cache');
  await buildDist();
}
