import { startEmulator } from '../emulator/server.js';
import { runAction } from '../runner/run-action.js';
import { clock } from './clock.js';
import { API_ID, syntheticApi } from './synthetic-api.js';
import { printTable } from './table.js';

const METHODS = 300;
const LATENCY_MS = 50;
/** Bound by latency: 300 methods, 8 at once, 3 answers each of 50 ms are 5.6 s. */
const LIMIT_SECONDS = 8;
/** Three probes a method, each asked until three answers agree; and one request that finds the address. */
const MOST_REQUESTS = 9;

/**
 * Prints how long the smoke test of a stage at rest takes at an endpoint that is as far away as most.
 *
 * @returns what is over the limit of requests; empty where nothing is. Time is told, and fails nothing.
 */
export async function benchSmokeTest(bundle: string): Promise<string[]> {
  const emulator = await startEmulator({ seed: syntheticApi(METHODS) });
  try {
    for (const api of emulator.account.apis.values()) {
      for (const stage of api.stages.values()) stage.lastUpdatedDate = 0;
    }
    emulator.injectFault({ operation: 'Invoke', effect: { kind: 'delay', ms: LATENCY_MS } });
    const audit = (smokeTest: boolean) => async (): Promise<void> => {
      const { exitCode, stdout, stderr } = await runAction({
        bundle,
        inputs: {
          'api-id': API_ID,
          stage: 'prod',
          'endpoint-url': `${emulator.url}/{api-id}/{stage}`,
          'smoke-test': String(smokeTest),
        },
        environment: emulator.env,
      });
      if (exitCode !== 0) throw new Error(`The audit ended with ${exitCode}:\n${stdout}${stderr}`);
    };
    const without = await clock(audit(false));
    const whole = await clock(audit(true));
    const requests = emulator.requests.filter(({ plane }) => plane === 'data').length;
    const seconds = (whole - without) / 1000;
    printTable(
      `Smoke test of ${METHODS} methods, ${LATENCY_MS} ms away`,
      ['requests', 's', 'limit s'],
      [[String(requests), seconds.toFixed(1), String(LIMIT_SECONDS)]],
    );
    if (seconds >= LIMIT_SECONDS) console.log('  slower than the limit: is the machine busy?');
    const most = METHODS * MOST_REQUESTS + 1;
    return requests <= most
      ? []
      : [`the smoke test sent ${requests} requests, not ${most} at most`];
  } finally {
    await emulator.close();
  }
}
