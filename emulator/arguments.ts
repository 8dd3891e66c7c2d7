import { parseArgs } from 'node:util';

const USAGE = `Usage: emulator [--port 4510] [--seed FILE]... [--quotas] [--propagation-delay-ms N]

  --port                  port on 127.0.0.1; 0 takes a free one (default 4510)
  --seed                  JSON file with APIs, relative to the working directory; may be repeated
  --quotas                keep the control plane's quotas: 429 above them
  --propagation-delay-ms  milliseconds between a change of a stage and its effect (default 0)`;

/** Something about the arguments or the seed that the person at the keyboard can put right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What the command line asks for. */
export interface Arguments {
  readonly port: number;
  readonly seeds: readonly string[];
  readonly quotas: boolean;
  /** Milliseconds. */
  readonly propagationDelayMs: number;
}

/**
 * Reads the command line.
 *
 * @throws UsageError with what is wrong and the usage
 */
export function argumentsOf(argv: readonly string[]): Arguments {
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
