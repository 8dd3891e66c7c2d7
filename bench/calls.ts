import { openAuditBench } from './audit.js';
import { callsMade, minimumCalls, totalOf } from './minimum-calls.js';
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
  printTable(
    'Control-plane calls of an audit (three stages, two deployments)',
    ['resources', 'calls', 'minimum', 'ratio'],
    rows,
  );
  return problems;
}
