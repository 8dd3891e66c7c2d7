import { startEmulator } from '../emulator/server.js';
import { runAction } from '../runner/run-action.js';
import { openAuditBench } from './audit.js';
import { callsMade, minimumCalls, minimumCallsV2, totalOf } from './minimum-calls.js';
import { syntheticRegionV2 } from './region.js';
import { API_ID, RESOURCE_COUNTS } from './synthetic-api.js';
import { printTable } from './table.js';

/**
 * Prints the calls of whole audits against their minimum.
 *
 * @returns what is not the minimum; empty where all is.
 */
export async function benchCalls(bundle: string): Promise<string[]> {
  const problems: string[] = [];
  const rows: string[][] = [];
  for (const resources of RESOURCE_COUNTS) {
    const { emulator, audit } = await openAuditBench(resources, bundle);
    try {
      const api = emulator.account.apis.get(API_ID);
      if (api === undefined) throw new Error(`The seed has no API ${API_ID}.`);
      await audit({ 'smoke-test': 'false' });
      const minimum = totalOf(minimumCalls(api));
      const made = totalOf(callsMade(emulator.requests));
      rows.push([String(resources), String(made), String(minimum), (made / minimum).toFixed(2)]);
      if (made !== minimum) {
        problems.push(`${resources} resources took ${made} calls; the minimum is ${minimum}`);
      }
    } finally {
      await emulator.close();
    }
  }
  problems.push(...(await benchCallsV2(bundle)));
  printTable(
    'Control-plane calls of an audit (three stages, two deployments)',
    ['resources', 'calls', 'minimum', 'ratio'],
    rows,
  );
  return problems;
}

/** The same of a region of HTTP and WebSocket APIs. */
async function benchCallsV2(bundle: string): Promise<string[]> {
  const emulator = await startEmulator({ seed: [syntheticRegionV2(20, 10)] });
  try {
    await runAction({
      bundle,
      inputs: { 'api-id': '*', 'api-types': 'HTTP,WEBSOCKET', 'smoke-test': 'false' },
      environment: emulator.env,
    });
    const minimum = totalOf(minimumCallsV2(emulator.account.v2.apis.values()));
    const made = totalOf(callsMade(emulator.requests));
    printTable(
      'Control-plane calls of an audit of 20 HTTP and 20 WebSocket APIs, half of them with AutoDeploy',
      ['calls', 'minimum', 'ratio'],
      [[String(made), String(minimum), (made / minimum).toFixed(2)]],
    );
    return made === minimum
      ? []
      : [`40 HTTP and WebSocket APIs took ${made} calls; the minimum is ${minimum}`];
  } finally {
    await emulator.close();
  }
}
