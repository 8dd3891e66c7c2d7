import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Fleet } from '../../emulator/fleet/schema.js';
import type { RequestCount } from '../../emulator/request-counts.js';
import { type SeedFile, startEmulator } from '../../emulator/server.js';
import { type Usage, usageOf } from './usage.js';

/** What an emulator tells at its end. */
export interface EmulatorTale {
  readonly counts: readonly RequestCount[];
  readonly quotaViolations: readonly string[];
  /** Requests of somebody else that were refused where targets are busy. */
  readonly othersRefused: number;
  readonly usage: Usage;
}

/** An emulator in a process of its own, so that what it takes is nobody else's. */
export interface EmulatorProcess {
  readonly env: Readonly<Record<string, string>>;
  /** Ends it. */
  close(): Promise<EmulatorTale>;
}

/** Where the accounts of a bench are asked from. */
export const HUB_REGION = 'eu-west-1';

/** Starts an emulator of a fleet that keeps the quotas, in a process of its own. */
export async function startEmulatorProcess(fleet: Fleet): Promise<EmulatorProcess> {
  const seed: SeedFile = { account: { region: HUB_REGION }, fleet };
  const child = fork(fileURLToPath(import.meta.url), ['serve'], {
    env: { PATH: process.env.PATH ?? '' },
    execArgv: [],
  });
  child.send({ seed });
  const [started] = await once(child, 'message');
  const { env } = z.object({ env: z.record(z.string(), z.string()) }).parse(started);
  return {
    env,
    async close() {
      const told = once(child, 'message');
      child.send({ isOver: true });
      const [tale] = await told;
      child.disconnect();
      return taleSchema.parse(tale);
    },
  };
}

const taleSchema = z.custom<EmulatorTale>(
  (value) => typeof value === 'object' && value !== null && 'counts' in value && 'usage' in value,
);

async function serve(): Promise<void> {
  const [first] = await once(process, 'message');
  const { seed } = z.object({ seed: z.custom<SeedFile>() }).parse(first);
  const emulator = await startEmulator({ seed, quotas: true, log: 'counts' });
  process.send?.({ env: emulator.env });
  await once(process, 'message');
  const tale: EmulatorTale = {
    counts: emulator.counts,
    quotaViolations: emulator.quotaViolations,
    othersRefused: emulator.estate?.othersRefused ?? 0,
    usage: usageOf('emulator'),
  };
  process.send?.(tale);
  await emulator.close();
}

if (process.argv[2] === 'serve' && process.send !== undefined) await serve();
