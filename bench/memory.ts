import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditBench } from './audit.js';
import { runEmptyProcess } from './empty-process.js';
import { printTable } from './table.js';

const HOOK = new URL('./peak-memory-hook.js', import.meta.url).href;

/** Prints the peak memory of audits as processes of their own, against an empty one. */
export async function benchMemory(bundle: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-bench-'));
  try {
    const measure = async (run: (environment: Record<string, string>) => Promise<unknown>) => {
      const file = join(folder, 'peak');
      await run({ NODE_OPTIONS: `--import=${HOOK}`, BENCH_PEAK_MEMORY_FILE: file });
      const kilobytes = Number(await readFile(file, 'utf8'));
      await rm(file);
      return (kilobytes / 1024).toFixed(0);
    };
    const rows = [['node -e 0', await measure(runEmptyProcess)]];
    for (const resources of [50, 1200]) {
      const { emulator, audit } = await openAuditBench(resources, bundle);
      try {
        const peak = await measure((environment) => audit({ 'smoke-test': 'false' }, environment));
        rows.push([`audit of ${resources} resources`, peak]);
      } finally {
        await emulator.close();
      }
    }
    printTable('Peak memory (resident set)', ['process', 'MiB'], rows);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
