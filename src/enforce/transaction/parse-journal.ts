import * as z from 'zod/mini';
import { isRecord, jsonOf } from '../../model/json-data.js';
import { actionsOf, stepSchema } from '../steps/registry.js';
import type { RollBackResult } from '../steps/step-kind.js';
import type { AnnouncedStep, JournaledTransaction, TransactionHeader } from './journal.js';
import { type JournalContent, JournalUnreadable } from './journal-file.js';
import { ENDINGS, FORMAT, STATES } from './journal-format.js';

/*
 * What a journal's lines must look like: a line that is of no such shape makes the journal unreadable.
 */

const deployments = z.record(z.string(), z.string());

const begin = z.object({
  record: z.literal('begin'),
  format: z.literal(FORMAT),
  token: z.string(),
  region: z.string(),
  apiId: z.string(),
  // Journals from before the gate enforced other kinds have no such member.
  kind: z._default(z.literal(['REST', 'HTTP', 'WEBSOCKET']), 'REST'),
  apiName: z.string(),
  stages: deployments,
  // Journals from before the gate looked at canaries have no such member.
  canaries: z.catch(deployments, {}),
  // Version 0.1.0 wrote no such member: what it left cannot be told from a copy.
  file: z.catch(z.string(), ''),
});

/** In the file, what rolling a step back takes is `undo`. */
function fromFile(data: unknown): unknown {
  if (!isRecord(data)) return data;
  const { undo: rollBack, ...step } = data;
  return { ...step, rollBack };
}

const step = z.object({
  record: z.literal('step'),
  step: z.pipe(z.transform(fromFile), stepSchema(z)),
});

const result = z.pipe(
  z.discriminatedUnion('state', [
    z.object({ state: z.literal([STATES['nothing-to-roll-back'], STATES['rolled-back']]) }),
    z.object({
      state: z.literal(STATES['not-rolled-back']),
      words: z.string(),
      isFinal: z.boolean(),
    }),
  ]),
  z.transform((it): RollBackResult => {
    switch (it.state) {
      case 'nothing-to-undo':
        return { state: 'nothing-to-roll-back' };
      case 'put-back':
        return { state: 'rolled-back' };
      case 'left':
        return { ...it, state: 'not-rolled-back' };
    }
  }),
);

const lineSchema = z.discriminatedUnion('record', [
  begin,
  step,
  // Journals from before the gate wrote down the ids of versions have no such member.
  z.object({ record: z.literal('confirmed'), id: z.optional(z.string()) }),
  z.object({ record: z.literal('settled'), step: z.number(), result }),
  z.object({ record: z.literal('end'), ending: z.optional(z.string()) }),
]);

/** What the text says may have been rolled back long ago, or never have been done. */
const COPIED =
  'it was not written here, but came from elsewhere, as with a checkout, a cache or an artifact (or version 0.1.0 of the gate wrote it)';

/**
 * The transaction of a journal that did not end.
 *
 * @throws JournalUnreadable where a whole line is none of a journal's, or not in its place, and where the
 *   transaction was begun in another file than the one that holds it now.
 */
export function parseJournal({ text, isOf }: JournalContent): JournaledTransaction | null {
  // A last line without its end was cut short by a kill: the call that it announces was never made.
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  let header: TransactionHeader | null = null;
  let steps: AnnouncedStep[] = [];
  let begunIn = '';
  const completed = new Map<string, string[]>();
  for (const [index, text] of lines.entries()) {
    const wrong = (what: string) => new JournalUnreadable(`line ${index + 1} ${what}`);
    const { data: line } = lineSchema.safeParse(jsonOf(text));
    if (line === undefined) throw wrong('is not one that this version of the gate writes');
    if (line.record === 'begin') {
      const { record, format, file: origin, ...begun } = line;
      if (!isUuid(begun.token)) throw wrong('names a transaction that is no UUID');
      if (header !== null) throw wrong('begins a transaction within another');
      header = begun;
      begunIn = origin;
      steps = [];
      continue;
    }
    if (header === null) throw wrong('is in no transaction');
    switch (line.record) {
      case 'end':
        if (line.ending === ENDINGS.completed) {
          const words = steps.map(({ step }) => actionsOf(step).describe());
          completed.set(header.apiId, [...(completed.get(header.apiId) ?? []), ...words]);
        }
        header = null;
        break;
      case 'confirmed': {
        const last = steps.pop();
        if (last === undefined) throw wrong('confirms no step');
        steps.push({ ...last, isConfirmed: true, madeId: line.id });
        break;
      }
      case 'settled': {
        const settled = steps[line.step];
        if (settled === undefined) throw wrong('settles no step');
        steps[line.step] = { ...settled, settled: line.result };
        break;
      }
      case 'step': {
        const problem = actionsOf(line.step).problemIn(header);
        if (problem !== null) throw wrong(problem);
        steps.push({ step: line.step, isConfirmed: false, settled: null });
      }
    }
  }
  if (header === null) return null;
  if (!isOf(begunIn)) throw new JournalUnreadable(COPIED);
  const before = completed.get(header.apiId) ?? [];
  return { ...header, steps, ...(before.length === 0 ? {} : { completed: before }) };
}

/** RFC 9562, "UUID Format". A shorter text could be found in descriptions that are not ours. */
function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
