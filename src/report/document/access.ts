import { clip } from '../clip.js';
import type { Access, Report } from '../report.js';
import { count, formatNumber } from '../wording.js';
import { sayMethod } from './cells.js';
import { type Content, icon, name, paragraph, prose, type Said, strong } from './content.js';
import type { Column, Part } from './part.js';
import { RANKS } from './ranks.js';
import { shortName } from './saying.js';

const MAY: Readonly<Record<Access['methods'][number]['may'], Content>> = {
  cannot: [icon('❌'), ' cannot'],
  depends: [icon('⚠️'), ' depends'],
  'can-invoke': [icon('✅'), ' can invoke'],
};

const STATES: Readonly<Record<Access['grants'][number]['state'], Content>> = {
  unchanged: [icon('✅'), ' nothing to grant'],
  planned: [icon('📝'), ' planned'],
  applied: [icon('✅'), ' applied'],
  failed: [icon('❌'), ' failed'],
  'not-attempted': [icon('⏸️'), ' not attempted'],
};

const MAX_REASON_LENGTH = 600;

/** Who may invoke: what was granted, the group a method each, and the least policy. */
export function partsOfAccess({ access }: Report, nameOf: (api: string) => string): Part[] {
  if (access === undefined) return [];
  const parts = [
    ...partOfGrants(access, nameOf),
    ...partOfGroup(access, nameOf),
    ...partOfPolicy(access),
  ];
  const [first, ...rest] = parts;
  if (first === undefined) return [];
  return [{ ...first, heading: { level: 3, content: ['Who may invoke'] } }, ...rest];
}

const WHAT = { title: 'What is granted', says: 'value alone' } as const;

function partOfGrants({ grants }: Access, nameOf: (api: string) => string): Part[] {
  if (grants.length === 0) return [];
  return [
    {
      said: [paragraph(strong('Grants'))],
      body: {
        kind: 'table',
        columns: [
          { title: 'State' },
          { title: 'API', group: WHAT },
          { title: 'Policy', group: { ...WHAT, says: 'title first' } },
          { title: 'What', group: WHAT },
        ],
        lines: grants.map((grant) => ({
          cells: [
            STATES[grant.state],
            [prose(shortName(`${nameOf(grant.api)}/${grant.stage}`))],
            [name(shortName(grant.policy))],
            sayGrant(grant),
          ],
          rank: RANKS.worst,
        })),
      },
      noun: 'grant',
    },
  ];
}

/** What is done, or why it is not; a doubt stands among the notes, with what ends it. */
function sayGrant({ reason, steps, doubt }: Access['grants'][number]): Content {
  const said = prose(clip(reason ?? steps.join('; '), MAX_REASON_LENGTH));
  return reason === null && doubt !== undefined
    ? [said, '; whether the name is free is not known, see the notes above']
    : [said];
}

const BECAUSE = { title: 'Because', says: 'value alone' } as const;
const COLUMNS: readonly Column[] = [
  { title: 'Group' },
  { title: 'Method' },
  { title: 'API', group: { ...BECAUSE, says: 'title first' } },
  { title: 'Because', group: BECAUSE },
];

function partOfGroup({ group, methods }: Access, nameOf: (api: string) => string): Part[] {
  if (group === null) return [];
  const named: Content = ['Group ', name(shortName(group.name))];
  if (group.users === null) {
    const said = [paragraph(strong(...named), ' could not be read; the findings say why.')];
    return [{ said, body: { kind: 'list', lines: [] }, noun: 'line' }];
  }
  const total = (may: keyof typeof MAY): number =>
    methods.filter((method) => method.may === may).length;
  const empty = group.users === 0 ? ' It has no users: nobody gets in by it.' : '';
  const policies = group.policies.length === 0 ? 'none' : formatNumber(group.policies.length);
  const said: Said[] = [
    paragraph(
      strong(...named),
      `: ${count(group.users, 'user')}, policies: ${policies}. It can invoke ${count(total('can-invoke'), 'method')}, cannot invoke ${formatNumber(total('cannot'))}, and of ${formatNumber(total('depends'))} it depends.${empty} By its own policies and the resource policy; policies of single users, permissions boundaries and organization policies were not read.`,
    ),
  ];
  const ordered = methods.toSorted((a, b) => rankOf(a) - rankOf(b));
  return [
    { said, body: { kind: 'list', lines: [] }, noun: 'line' },
    ...(ordered.length === 0
      ? []
      : [
          {
            fold: ['Method by method'],
            body: {
              kind: 'table' as const,
              columns: COLUMNS,
              lines: ordered.map((it) => ({
                cells: [
                  MAY[it.may],
                  sayMethod(it),
                  [prose(shortName(`${nameOf(it.api)}/${it.stage}`))],
                  [prose(clip(it.because.join(', '), MAX_REASON_LENGTH))],
                ],
                rank: RANKS.inOrder,
              })),
            },
            noun: 'method',
          },
        ]),
  ];
}

/** What the group cannot do comes first. */
function rankOf({ may }: Access['methods'][number]): number {
  return Object.keys(MAY).indexOf(may);
}

function partOfPolicy({ invokePolicy }: Access): Part[] {
  if (invokePolicy === null) return [];
  const { document, characters, exact } = invokePolicy;
  const widened: Content = exact
    ? []
    : [
        ' ',
        strong('It allows more than these methods'),
        ': naming each is larger than the 6,144 characters that IAM takes.',
      ];
  return [
    {
      fold: [`The least policy that lets callers invoke (${formatNumber(characters)} characters)`],
      said: [
        paragraph(
          "Attach it to the IAM group of your callers. Put your account's id in place of the ",
          name('*'),
          ' in its ARNs; it is left out so that no log tells it.',
          ...widened,
        ),
      ],
      body: {
        kind: 'list',
        lines: [
          {
            cells: [[]],
            below: [{ kind: 'code', language: 'json', text: document }],
            rank: RANKS.inOrder,
          },
        ],
      },
      noun: 'policy',
    },
  ];
}
