import { parseArgs } from 'node:util';
import { readSeed, SeedError } from './seed.js';
import { type Emulator, startEmulator } from './server.js';

const USAGE = `Usage: emulator [--port 4510] [--seed FILE]... [--quotas] [--propagation-delay-ms N]

  --port                  port on 127.0.0.1; 0 takes a free one (default 4510)
  --seed                  JSON file with APIs, relative to the working directory; may be repeated
  --quotas                keep the control plane's quotas: 429 above them
  --propagation-delay-ms  milliseconds between a change of a stage and its effect (default 0)`;

/** Something about the arguments or the seed that the person at the keyboard can put right. */
class UsageError extends Error {}

interface Arguments {
  readonly port: number;
  readonly seeds: readonly string[];
  readonly quotas: boolean;
  readonly propagationDelayMs: number;
}

function argumentsOf(argv: readonly string[]): Arguments {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string', default: '4510' },
        seed: { type: 'string', multiple: true, default: [] },
        quotas: { type: 'boolean', default: false },
        'propagation-delay-ms': { type: 'string', default: '0' },
      },
    });
    return {
      port: wholeNumber('--port', values.port, 65_535),
      seeds: values.seed,
      quotas: values.quotas,
      propagationDelayMs: wholeNumber(
        '--propagation-delay-ms',
        values['propagation-delay-ms'],
        3_600_000,
      ),
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${message}\n\n${USAGE}`);
  }
}

function wholeNumber(name: string, value: string, max: number): number {
  const parsed = Number(value);
  if (/^\d+$/.test(value) && parsed <= max) return parsed;
  throw new Error(`${name} must be a whole number from 0 to ${max}, not "${value}"`);
}

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
