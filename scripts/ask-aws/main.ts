import { randomBytes } from 'node:crypto';
import { partition } from '@aws-sdk/core/client';
import { askAll } from './ask-all.js';
import { cleanAll, cleanUp } from './clean.js';
import { connect } from './connect.js';
import { Endpoint } from './endpoint.js';
import { introductionOf, isAgreed, listOf } from './introduction.js';
import { Ledger } from './ledger.js';
import { type Options, optionsOf, USAGE, UsageError } from './options.js';
import { QUESTIONS } from './questions/index.js';
import { writeRecordings } from './recordings.js';
import { Scrubber } from './scrub.js';
import { World } from './world.js';

/*
 * Asks AWS what no page and no recording says: `npm run ask-aws`, for a person with an account that can
 * be thrown away. docs/ask-aws.md describes it.
 */

/** Exit codes of shells for a process that a signal ended. */
const STOPPED = { SIGINT: 130, SIGTERM: 143 } as const;

const stop = new AbortController();
let stoppedWith: number | undefined;
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => {
    console.error(`${name}: deleting what was made. Please wait.`);
    stoppedWith = STOPPED[name];
    stop.abort();
  });

try {
  const options = optionsOf(
    process.argv.slice(2),
    QUESTIONS.map(({ id }) => id),
  );
  process.exitCode = await carryOut(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function carryOut(options: Options): Promise<number> {
  const questions = QUESTIONS.filter(({ id }) => options.only?.includes(id) ?? true);
  if (options.mode === 'help') console.log(USAGE);
  if (options.mode === 'list') console.log(listOf(questions));
  if (options.mode === 'help' || options.mode === 'list') return 0;
  const connection = await connect(options.region, stop.signal);
  const { accountId, cleaning, credentials, planes } = connection;
  const { region } = planes;
  if (options.mode === 'clean')
    return (await cleanAll(cleaning, options.out, options.pauseMs)) ? 0 : 1;

  console.log(introductionOf(questions, { accountId, region, out: options.out }));
  if (!options.yes && !(await isAgreed())) {
    console.log('Nothing was created.');
    return stoppedWith ?? 0;
  }
  const token = randomBytes(4).toString('hex');
  const ledger = await Ledger.open(options.out, token);
  const scrubber = new Scrubber();
  const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
  scrubber.hide(accountId, '<account>');
  scrubber.hide(accessKeyId, '<access-key>');
  scrubber.hide(secretAccessKey, '<secret>');
  scrubber.hide(sessionToken, '<session-token>');
  scrubber.hide(token, '<run>');
  const template =
    options.endpointUrl ??
    `https://{api-id}.execute-api.{region}.${partition(region).dnsSuffix}/{stage}`;
  const world = new World({
    planes,
    endpoint: new Endpoint(template, region, credentials),
    accountId,
    hasSessionToken: sessionToken !== undefined,
    ledger,
    token,
    scrubber,
    pace: {
      patienceMs: options.patienceMs,
      pauseMs: options.pauseMs,
      signal: stop.signal,
      say: (text) => console.log(text),
    },
  });
  let isClean = false;
  try {
    const { asked, isStopped } = await askAll(questions, world, (text) => scrubber.text(text));
    const date = new Date().toISOString().slice(0, 10);
    if (asked.length > 0) await writeRecordings(options.out, asked, { date, region });
    const failed = asked.filter(({ failure }) => failure !== undefined).length;
    const rest = isStopped ? ', and then it was stopped' : '';
    console.log(`${asked.length - failed} of ${questions.length} questions were answered${rest}.`);
    if (asked.length > 0) console.log(`Read ${options.out}/decisions.md.`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    isClean = await cleanUp(cleaning, token, options.pauseMs);
    if (isClean) await ledger.close();
  }
  if (!isClean) return 1;
  return stoppedWith ?? Number(process.exitCode ?? 0);
}
