import { findBundle } from '../runner/bundle.js';
import { benchCalls } from './calls.js';
import { benchFleet } from './fleet.js';
import { benchMemory } from './memory.js';
import { benchQuotas } from './quotas.js';
import { benchRendering } from './rendering.js';
import { benchSize } from './size.js';
import { benchSmokeTest } from './smoke.js';
import { benchTemplates } from './templates.js';
import { benchTimes } from './times.js';

/*
 * What the gate costs. Calls, requests and the bundle's size fail the bench where they are over their
 * limit; times and memory depend on the machine, so they are told and never fail it. The quotas take
 * minutes of real time, and are a bench of their own: `npm run bench -- quotas`; `npm run bench -- templates`
 * is that of files alone, `npm run bench -- start` that of times, and `npm run bench -- fleet` that of a whole
 * organization, which takes a quarter of an hour.
 */

const bundle = findBundle();
const ALONE: Readonly<Record<string, (bundle: string) => Promise<string[]>>> = {
  fleet: benchFleet,
  quotas: benchQuotas,
  start: startAlone,
  templates: benchTemplates,
};
const bench = ALONE[process.argv[2] ?? ''] ?? benchEverythingElse;
const problems = await bench(bundle);

async function startAlone(bundle: string): Promise<string[]> {
  await benchTimes(bundle);
  return [];
}

async function benchEverythingElse(): Promise<string[]> {
  const found = [
    ...(await benchCalls(bundle)),
    ...(await benchSize(bundle)),
    ...(await benchSmokeTest(bundle)),
    ...(await benchTemplates(bundle)),
  ];
  await benchTimes(bundle);
  await benchMemory(bundle);
  await benchRendering();
  return found;
}

for (const problem of problems) console.error(`\nOver the limit: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
