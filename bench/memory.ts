import { openAuditBench } from './audit.js';
import { runEmptyProcess } from './node-process.js';
import { measurePeak } from './peak-memory.js';
import { printTable } from './table.js';

/** Prints the peak memory of audits as processes of their own, against an empty one. */
export async function benchMemory(bundle: string): Promise<void> {
  const rows = [['node -e 0', (await measurePeak(runEmptyProcess)).mebibytes.toFixed(0)]];
  for (const resources of [50, 1200]) {
    const { emulator, audit } = await openAuditBench(resources, bundle);
    try {
      const { mebibytes } = await measurePeak((environment) =>
        audit({ 'smoke-test': 'false' }, environment),
      );
      rows.push([`audit of ${resources} resources`, mebibytes.toFixed(0)]);
    } finally {
      await emulator.close();
    }
  }
  printTable('Peak memory (resident set)', ['process', 'MiB'], rows);
}
