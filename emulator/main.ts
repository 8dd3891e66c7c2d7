import { argumentsOf, UsageError } from './arguments.js';
import { readSeed, SeedError } from './seed.js';
import { type Emulator, startEmulator } from './server.js';

/** The lines that a shell can take over, then where each stage answers. */
function banner(emulator: Emulator): string {
  const lines = Object.entries(emulator.env).map(([name, value]) => `export ${name}=${value}`);
  for (const api of emulator.account.apis.values())
    for (const stageName of api.stages.keys())
      lines.push(`# ${JSON.stringify(api.name)} ${emulator.url}/${api.id}/${stageName}`);
  return lines.join('\n');
}

async function main(): Promise<void> {
  const { port, seeds, quotas, propagationDelayMs } = argumentsOf(process.argv.slice(2));
  const seed = await Promise.all(seeds.map(readSeed));
  const emulator = await startEmulator({ port, seed, quotas, propagationDelayMs });
  console.log(banner(emulator));
}

try {
  await main();
} catch (error) {
  const known = error instanceof UsageError || error instanceof SeedError;
  const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (!known && !inUse) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
