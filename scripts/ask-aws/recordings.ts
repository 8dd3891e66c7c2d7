import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Case, Cases, type Question, type Row, unclear, type Verdict } from './question.js';

/** A question and what came of it. */
export interface Asked {
  readonly question: Question;
  readonly cases: readonly Case[];
  /** Why it was not asked to its end. */
  readonly failure?: string;
}

/** What the answers say of one row. */
export interface Decision {
  readonly question: Question;
  readonly row: Row;
  readonly verdict: Verdict;
}

/** What each question says of each of its rows. */
export function decisionsOf(asked: readonly Asked[]): readonly Decision[] {
  return asked.flatMap(({ question, cases, failure }) => {
    const verdicts = failure === undefined ? question.decides(new Cases(cases)) : [];
    return question.rows.map((row, index) => ({
      question,
      row,
      verdict: verdicts[index] ?? unclear(failure ?? 'no answer decides it'),
    }));
  });
}

const FILES = { rest: 'rest.json', http: 'http.json', websocket: 'websocket.json' } as const;
const TITLES = { rest: 'REST APIs', http: 'HTTP APIs', websocket: 'WebSocket APIs' } as const;

/** Writes one recording a kind of API, and the decisions. */
export async function writeRecordings(
  folder: string,
  asked: readonly Asked[],
  { date, region }: { readonly date: string; readonly region: string },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const source = `asked on ${date} in ${region}`;
  for (const kind of ['rest', 'http', 'websocket'] as const) {
    const cases = asked
      .filter(({ question }) => question.kind === kind)
      .flatMap(({ question, cases }) =>
        cases.map((it) => ({
          ...it,
          case: `${question.id}: ${it.case}`,
          confidence: 'recorded',
          source,
        })),
      );
    if (cases.length === 0) continue;
    const _note = `Answers of ${TITLES[kind]}, asked by \`npm run ask-aws\`; <…> stands for what names an account, an API or a request.`;
    await writeFile(join(folder, FILES[kind]), `${JSON.stringify({ _note, cases }, null, 2)}\n`);
  }
  await writeFile(join(folder, 'decisions.md'), decisionsPage(decisionsOf(asked), source));
}

/** The table of the answers, and which differ from what the emulator does. */
export function decisionsPage(decisions: readonly Decision[], source: string): string {
  const others = decisions.filter(({ row, verdict }) => differs(row, verdict));
  return [
    '# What AWS answered',
    '',
    `${source.charAt(0).toUpperCase()}${source.slice(1)}.`,
    '',
    '| question | answer | switch or row | value | the emulator |',
    '| --- | --- | --- | --- | --- |',
    ...decisions.map(({ question, row, verdict }) =>
      line([
        `${question.id}: ${question.asks}`,
        verdict.words,
        row.isSwitch ? `\`${row.name}\`` : row.name,
        `\`${verdict.value}\``,
        `\`${row.assumed}\`${differs(row, verdict) ? ' (differs)' : ''}`,
      ]),
    ),
    '',
    '## Other than the emulator',
    '',
    ...(others.length === 0
      ? ['Nothing.']
      : others.map(
          ({ row, verdict }) =>
            `- ${row.isSwitch ? `switch \`${row.name}\`` : row.name}: \`${verdict.value}\`, not \`${row.assumed}\``,
        )),
    '',
  ].join('\n');
}

function differs(row: Row, { value }: Verdict): boolean {
  return value !== 'unclear' && value !== row.assumed;
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((it) => it.replace(/\s+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`;
}
