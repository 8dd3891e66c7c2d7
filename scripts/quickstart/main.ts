import { readFile } from 'node:fs/promises';
import { follow } from './follow.js';
import { instructionsOf } from './page.js';
import { openWorld } from './world.js';

/*
 * Follows docs/quickstart.md word for word against the emulator: `npm run quickstart`. The exit code is 1
 * where something does not end as the page says it does.
 */

/** What ends with 1, since it sees an API that is open. */
const FAILS = [/^npx apigw-iam-gate (?:audit|plan) /, /^the check on GitHub$/];

const page = await readFile(new URL('../../../docs/quickstart.md', import.meta.url), 'utf8');
const world = await openWorld();
const wrong: string[] = [];
try {
  const outcomes = [];
  for await (const outcome of follow(instructionsOf(page), world)) {
    console.log(`\n$ ${outcome.what}\n${outcome.output}`.trimEnd());
    console.log(`exit code ${outcome.exitCode}`);
    outcomes.push(outcome);
  }
  const last = outcomes.pop();
  for (const { what, exitCode } of outcomes) {
    const expected = FAILS.some((it) => it.test(what)) ? 1 : 0;
    if (exitCode !== expected) wrong.push(`${what}: exit code ${exitCode}, and not ${expected}`);
  }
  if (last?.what !== 'the check on GitHub' || last.exitCode !== 0) {
    wrong.push('the check is not green at the end');
  }
} finally {
  await world.close();
}
for (const it of wrong) console.error(`\n!!! ${it}`);
if (wrong.length > 0) process.exitCode = 1;
else console.log('\nThe quickstart does what it says.');
