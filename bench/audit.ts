import { type Emulator, startEmulator } from '../emulator/server.js';
import { runAction, type StepResult } from '../runner/run-action.js';
import { API_ID, syntheticApi } from './synthetic-api.js';

/** A synthetic API on an emulator of its own, and the bundle to audit it with. */
export interface AuditBench {
  readonly emulator: Emulator;
  /** @throws Error where the audit is not green: what went wrong must not be measured. */
  audit(
    inputs: Readonly<Record<string, string>>,
    environment?: Readonly<Record<string, string>>,
  ): Promise<StepResult>;
}

/** Opens a bench for an API of so many resources; the caller closes its emulator. */
export async function openAuditBench(resources: number, bundle: string): Promise<AuditBench> {
  const emulator = await startEmulator({ seed: syntheticApi(resources) });
  return {
    emulator,
    async audit(inputs, environment = {}) {
      const result = await runAction({
        bundle,
        inputs: {
          'api-id': API_ID,
          'endpoint-url': `${emulator.url}/{api-id}/{stage}`,
          'smoke-timeout': '5',
          ...inputs,
        },
        environment: { ...emulator.env, ...environment },
      });
      if (result.exitCode === 0) return result;
      throw new Error(
        `An audit of ${resources} resources ended with ${result.exitCode}:\n${result.stdout}${result.stderr}`,
      );
    },
  };
}
