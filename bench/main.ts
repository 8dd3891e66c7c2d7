import { findBundle } from '../runner/bundle.js';
import { benchCalls } from './calls.js';
import { benchMemory } from './memory.js';
import { benchQuotas } from './quotas.js';
import { benchRendering } from './rendering.js';
import { benchSize } from './size.js';
import { benchSmokeTest } from './smoke.js';
import { benchTimes } from './times.js';

/*
 * What the gate costs. Calls, requests and the bundle's size fail the bench where they are over their
 * limit; times and memory depend on the machine, so they are told and never fail it. The quotas take
 * minutes of real time, and are a bench of their own: `npm run bench -- quotas`.
 */

const bundle = findBundle();
const problems =
  process.argv[2] === 'quotas' ? await benchQuotas(bundle) : await benchEverythingElse();

async function benchEverythingElse(): Promise<string[]> {
  const found = [
    ...(await benchCalls(bundle)),
    ...(await benchSize(bundle)),
    ...(await benchSmokeTest(bundle)),
  ];
  await benchTimes(bundle);
  await benchMemory(bundle);
  await benchRendering();
  return found;
}

for (const problem of problems) console.error(`\nOver the limit: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
