import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Every API that this makes has such a name, followed by the run's token. */
export const PREFIX = 'apigw-iam-gate-ask-';
/** And this tag, whose value is the run's token. Nothing without both is ever touched. */
export const TAG = 'apigw-iam-gate-ask';

/**
 * What a run is about to create, on disk before it is created: whoever finds the file of a run that was
 * killed knows what to look for.
 */
export class Ledger {
  readonly #path: string;

  private constructor(folder: string, token: string) {
    this.#path = join(folder, `${FILE_START}${token}.txt`);
  }

  static async open(folder: string, token: string): Promise<Ledger> {
    await mkdir(folder, { recursive: true });
    return new Ledger(folder, token);
  }

  get path(): string {
    return this.#path;
  }

  async announce(kind: 'REST' | 'HTTP' | 'WEBSOCKET', name: string, region: string): Promise<void> {
    await appendFile(this.#path, `${kind} ${name} in ${region}\n`, { flush: true });
  }

  /** Everything is deleted. */
  async close(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  /** The ledgers that earlier runs left. */
  static async left(folder: string): Promise<readonly LeftLedger[]> {
    const names = await readdir(folder).catch(() => []);
    return Promise.all(
      names
        .filter((name) => name.startsWith(FILE_START))
        .map(async (name) => {
          const lines = (await readFile(join(folder, name), 'utf8')).trim().split('\n');
          const regions = lines.map((line) => line.split(' in ').at(-1) ?? '');
          return { path: join(folder, name), regions: [...new Set(regions)] };
        }),
    );
  }
}

const FILE_START = 'ask-aws-ledger-';

/** A ledger of a run that did not end well. */
export interface LeftLedger {
  readonly path: string;
  /** Where its APIs are. */
  readonly regions: readonly string[];
}
