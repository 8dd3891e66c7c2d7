import { clip } from '../clip.js';
import type { Change, Deployment, Report, Transaction } from '../report.js';
import { count } from '../wording.js';
import { sayMethod, sayType } from './cells.js';
import {
  type Content,
  icon,
  name,
  paragraph,
  prose,
  type Said,
  strong,
  struck,
} from './content.js';
import type { Column, Line, Part } from './part.js';
import { RANKS } from './ranks.js';
import { sayProse, shortName } from './saying.js';

type State = Change['state'] | Deployment['stages'][number]['state'];

const STATES: Readonly<Record<State, Content>> = {
  planned: [icon('📝'), ' planned'],
  applied: [icon('✅'), ' applied'],
  moved: [icon('✅'), ' moved'],
  failed: [icon('❌'), ' failed'],
  'not-attempted': [icon('⏸️'), ' not attempted'],
  restored: [icon('↩️'), ' rolled back'],
};

const MAX_REASON_LENGTH = 400;

/** Kept methods beyond this many are folded. */
const SHOWN_KEPT = 10;

type NameOf = (api: string) => string;

/**
 * What `enforce` changed, or `plan` would: how it ended for each API first, with what is left for a person
 * to put right. Nothing in mode `audit`.
 */
export function partsOfChanges(report: Report, nameOf: NameOf, isBrief: boolean): Part[] {
  if (report.mode === 'audit') return [];
  const parts = [
    ...partOfNotes(report),
    ...partsOfTransactions(report, nameOf),
    ...partOfMethods(report, nameOf),
    ...partOfStages(report, nameOf),
    ...(isBrief ? [] : [...partOfKept(report, nameOf), ...partsOfOwners(report, nameOf)]),
  ];
  const [first, ...rest] = parts;
  if (first === undefined) return [];
  const words = report.mode === 'plan' ? 'What enforce would change' : 'What enforce changed';
  return [{ ...first, heading: { level: 3, content: [words] } }, ...rest];
}

/** What a reader must know of the change; what a transaction says anyhow is said there. */
function partOfNotes({ changeNotes = [], transactions = [] }: Report): Part[] {
  const notes = changeNotes.filter(
    (note) =>
      !transactions.some(
        ({ reasons, left }) =>
          reasons.length + left.length > 0 &&
          [...reasons, ...left].every((words) => note.includes(words)),
      ),
  );
  if (notes.length === 0) return [];
  return [
    {
      body: {
        kind: 'list',
        lines: notes.map((note) => {
          const [said, ...below] = sayProse(note);
          return {
            cells: [said?.kind === 'paragraph' ? said.content : []],
            below: said?.kind === 'code' ? [said, ...below] : below,
            rank: RANKS.first,
          };
        }),
      },
      noun: 'note',
    },
  ];
}

const ENDINGS: Readonly<Record<Transaction['state'], string>> = {
  refused: '⏸️ was left as it is: nothing was changed',
  proven: '✅ is changed, and the endpoint proves it',
  applied: '✅ is changed; the endpoint was not asked',
  restored: '↩️ did not succeed: everything was rolled back and read again, and is as before',
  partial:
    '↩️ is changed halfway: the routes that were changed first are proven and stay, the others are as before',
  left: '🚨 did not succeed, and NOT everything could be rolled back',
};

/** What is left first: somebody must put it right. */
const WORST_FIRST: readonly Transaction['state'][] = [
  'left',
  'partial',
  'restored',
  'refused',
  'applied',
  'proven',
];

function partsOfTransactions({ transactions = [] }: Report, nameOf: NameOf): Part[] {
  const ordered = transactions.toSorted(
    (a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state),
  );
  return ordered.map(({ api, state, reasons, left }) => {
    const ending = ENDINGS[state];
    const at = ending.indexOf(' ');
    return {
      said: [
        paragraph(
          strong(prose(shortName(nameOf(api)))),
          ' ',
          icon(ending.slice(0, at)),
          `${ending.slice(at)}.`,
        ),
      ],
      body: {
        kind: 'list',
        lines: [
          ...left.map((words) => lineOf(words, strong('Left:'))),
          ...reasons.map((words) => lineOf(words, 'Why:')),
        ],
      },
      noun: 'reason',
    };
  });
}

function lineOf(words: string, what: Content[number]): Line {
  const [said, ...below] = sayProse(words, [what, ' ']);
  return {
    cells: [said?.kind === 'paragraph' ? said.content : [what]],
    below,
    rank: RANKS.first,
  };
}

const API = { title: 'Method', says: 'value alone' } as const;
const CHANGE = { title: 'Change', says: 'value alone' } as const;

function partOfMethods({ changes }: Report, nameOf: NameOf): Part[] {
  if (changes.length === 0) return [];
  return [
    {
      said: [paragraph(strong(count(changes.length, 'method')))],
      body: {
        kind: 'table',
        columns: [
          { title: 'State' },
          { title: 'Method', group: API },
          { title: 'API', group: { ...API, says: 'title first' } },
          { title: 'Authorization', group: CHANGE },
        ],
        lines: changes.map((change) => ({
          cells: [
            STATES[change.state],
            sayMethod(change),
            [prose(shortName(nameOf(change.api)))],
            [struck(...sayType(change.from)), ' → ', ...sayType(change.to)],
          ],
          rank: RANKS.worst,
        })),
      },
      noun: 'change',
    },
  ];
}

function partOfStages({ deployments }: Report, nameOf: NameOf): Part[] {
  const stages = deployments.flatMap((deployment) =>
    deployment.stages.map((stage) => ({ deployment, stage })),
  );
  if (stages.length === 0) return [];
  const columns: Column[] = [{ title: 'State' }, { title: 'Stage' }, { title: 'Deployment' }];
  return [
    {
      said: [paragraph(strong(count(stages.length, 'stage')))],
      body: {
        kind: 'table',
        columns,
        lines: stages.map(({ deployment, stage }) => ({
          cells: [
            STATES[stage.state],
            [prose(shortName(`${nameOf(deployment.api)}/${stage.name}`))],
            [
              ...sayDeployment(stage.from, 'none'),
              ' → ',
              ...sayDeployment(deployment.deploymentId, 'a new one'),
            ],
          ],
          rank: RANKS.worst,
        })),
      },
      noun: 'stage',
    },
  ];
}

function sayDeployment(id: string | null, absent: string): Content {
  return id === null ? [absent] : [name(shortName(id))];
}

function partOfKept({ kept }: Report, nameOf: NameOf): Part[] {
  if (kept.length === 0) return [];
  const title = `${count(kept.length, 'method')} left as ${kept.length === 1 ? 'it is' : 'they are'}`;
  const isFolded = kept.length > SHOWN_KEPT;
  return [
    {
      ...(isFolded ? { fold: [title] } : { said: [paragraph(strong(title))] }),
      body: {
        kind: 'table',
        columns: [
          { title: 'Authorization' },
          { title: 'Method', group: API },
          { title: 'API', group: { ...API, says: 'title first' } },
          { title: 'Why it stays' },
        ],
        lines: kept.map((it) => ({
          cells: [
            sayType(it.authorizationType),
            sayMethod(it),
            [prose(shortName(nameOf(it.api)))],
            [prose(clip(it.reason, MAX_REASON_LENGTH))],
          ],
          rank: isFolded ? RANKS.inOrder : RANKS.found,
        })),
      },
      noun: 'method',
    },
  ];
}

/** How to make the change permanent where somebody else's template holds the API. */
function partsOfOwners({ owners = [] }: Report, nameOf: NameOf): Part[] {
  return owners.map(({ api, tool, warning, snippets }) => ({
    fold: [
      icon('⚠️'),
      ' ',
      prose(shortName(nameOf(api))),
      ` is managed by ${tool}: make it permanent there`,
    ],
    said: [paragraph(prose(clip(warning, MAX_REASON_LENGTH)))],
    body: {
      kind: 'list',
      lines: snippets.map(({ format, text }) => ({
        cells: [[`${format}:`]],
        below: [{ kind: 'code', language: '', text } satisfies Said],
        rank: RANKS.found,
      })),
    },
    noun: 'snippet',
  }));
}
