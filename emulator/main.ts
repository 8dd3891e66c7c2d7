import { argumentsOf, UsageError } from './arguments.js';
import { banner } from './banner.js';
import { readSeed, SeedError } from './seed.js';
import { startEmulator } from './server.js';

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
