import type { UnroutedAnswer } from '../../emulator/data-plane/authorize.js';
import type { ExportUnderCanary } from '../../emulator/model.js';
import type { V2Switches } from '../../emulator/v2/model.js';
import { V2_DEFAULTS } from '../../emulator/v2/switches.js';
import type { World } from './world.js';

/** Something that AWS answered, free of everything that names the account. */
export interface Case {
  readonly case: string;
  /** 0 where there was no answer at all. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the control plane: the answer as JSON. */
  readonly body: string;
  /** Said where the answer had not become stable when the patience was at its end. */
  readonly note?: string;
}

/** Something that is not known of AWS: a switch of the emulator, or a row of its table. */
export interface Row {
  readonly name: string;
  readonly isSwitch: boolean;
  /** What the emulator does by default. */
  readonly assumed: string;
}

/** What the answers say of one row. */
export interface Verdict {
  /** A value of the switch, or `unclear`. */
  readonly value: string;
  readonly words: string;
}

/** One thing to ask AWS. */
export interface Question {
  readonly id: string;
  readonly kind: 'rest' | 'http' | 'websocket';
  /** One sentence. */
  readonly asks: string;
  readonly creates: string;
  readonly rows: readonly Row[];
  ask(world: World): Promise<readonly Case[]>;
  /** Pure: of recorded cases alone, one verdict a row, in their order. */
  decides(cases: Cases): readonly Verdict[];
}

/** The cases of one question. */
export class Cases {
  readonly all: readonly Case[];

  constructor(all: readonly Case[]) {
    this.all = all;
  }

  /** @throws Error where the question did not get so far. */
  named(name: string): Case {
    const found = this.all.find((it) => it.case === name);
    if (found === undefined) throw new Error(`there is no answer to "${name}"`);
    return found;
  }

  status(name: string): number {
    return this.named(name).status;
  }
}

export function unclear(words: string): Verdict {
  return { value: 'unclear', words };
}

/** Chooses a verdict by a status; every status that nobody thought of is unclear. */
export function byStatus(found: Case, verdicts: Readonly<Record<number, Verdict>>): Verdict {
  return verdicts[found.status] ?? unclear(`${found.case}: ${found.status} ${found.body}`.trim());
}

/** A switch of HTTP and WebSocket APIs. */
export function v2Switch(name: keyof V2Switches): Row {
  return { name, isSwitch: true, assumed: String(V2_DEFAULTS[name]) };
}

const UNROUTED: UnroutedAnswer = 'not-found';
const EXPORT_UNDER_CANARY: ExportUnderCanary = 'stage';

/** Switches of REST APIs, which `startEmulator` takes. */
export const REST_SWITCHES = {
  unrouted: { name: 'unrouted', isSwitch: true, assumed: UNROUTED },
  exportUnderCanary: { name: 'exportUnderCanary', isSwitch: true, assumed: EXPORT_UNDER_CANARY },
} as const;

/** A row of the table in emulator/README.md that has no switch. */
export function tableRow(name: string, assumed: string): Row {
  return { name, isSwitch: false, assumed };
}
