import { clip } from '../clip.js';
import { inCode, inMarkdown } from '../escape.js';
import type { ApiNames } from '../place.js';
import type { Access, Report } from '../report.js';
import { count, formatNumber } from '../wording.js';
import { openTable, renderHttpMethod, renderPath, renderTableLine } from './cells.js';
import type { Block } from './fit.js';
import { plainJson } from './prose.js';
import { RANKS } from './ranks.js';

const MAY: Readonly<Record<Access['methods'][number]['may'], string>> = {
  'can-invoke': '✅ can invoke',
  cannot: '❌ cannot',
  depends: '⚠️ depends',
};

const STATES: Readonly<Record<Access['grants'][number]['state'], string>> = {
  unchanged: '✅ nothing to grant',
  planned: '📝 planned',
  applied: '✅ applied',
  failed: '❌ failed',
  'not-attempted': '⏸️ not attempted',
};

const MAX_NAME_LENGTH = 120;
const MAX_REASON_LENGTH = 600;

/** Who may invoke: what was granted, the group a method each, and the least policy. */
export function renderAccess(report: Report, apiNames: ApiNames): Block[] {
  if (report.access === undefined) return [];
  const blocks = [
    ...renderGrants(report.access, apiNames),
    ...renderGroup(report.access, apiNames),
    ...renderPolicy(report.access),
  ];
  const [first, ...rest] = blocks;
  if (first === undefined) return [];
  return [{ ...first, open: `### Who may invoke\n\n${first.open}` }, ...rest];
}

function renderGrants({ grants }: Access, apiNames: ApiNames): Block[] {
  if (grants.length === 0) return [];
  return [
    {
      open: `**Grants**\n\n${openTable(['API', 'Policy', 'What', 'State'])}`,
      rows: grants.map((grant) => ({
        text: renderTableLine([
          inMarkdown(clip(`${apiNames(grant.api)}/${grant.stage}`, MAX_NAME_LENGTH)),
          inCode(clip(grant.policy, MAX_NAME_LENGTH)),
          grant.reason === null
            ? grant.steps.map((step) => inMarkdown(clip(step, MAX_REASON_LENGTH))).join('<br>')
            : inMarkdown(clip(grant.reason, MAX_REASON_LENGTH)),
          STATES[grant.state],
        ]),
        rank: RANKS.changes,
      })),
      noun: 'grant',
    },
  ];
}

function renderGroup({ group, methods }: Access, apiNames: ApiNames): Block[] {
  if (group === null) return [];
  const name = inCode(clip(group.name, MAX_NAME_LENGTH));
  if (group.users === null) {
    return [
      {
        open: `**Group ${name}**`,
        rows: [{ text: 'It could not be read; the findings say why.', rank: RANKS.changes }],
        noun: 'line',
      },
    ];
  }
  const total = (may: keyof typeof MAY): number =>
    methods.filter((method) => method.may === may).length;
  const empty = group.users === 0 ? ' It has no users: nobody gets in by it.' : '';
  const said = `**Group ${name}**: ${count(group.users, 'user')}, policies: ${group.policies.length === 0 ? 'none' : formatNumber(group.policies.length)}. It can invoke ${count(total('can-invoke'), 'method')}, cannot invoke ${formatNumber(total('cannot'))}, and of ${formatNumber(total('depends'))} it depends.${empty} By its own policies and the resource policy; policies of single users, permissions boundaries and organization policies were not read.`;
  if (methods.length === 0) {
    return [{ open: said, rows: [{ text: '', rank: RANKS.inOrder }], noun: 'method' }];
  }
  const ordered = [...methods].sort((a, b) => rankOf(a) - rankOf(b));
  return [
    {
      open: `${said}\n\n<details><summary>Method by method</summary>\n\n${openTable(['API', 'Method', 'Path', 'Group', 'Because'])}`,
      rows: ordered.map((method) => ({
        text: renderTableLine([
          inMarkdown(clip(`${apiNames(method.api)}/${method.stage}`, MAX_NAME_LENGTH)),
          renderHttpMethod(method.method),
          renderPath(method.path),
          MAY[method.may],
          inMarkdown(clip(method.because.join(', '), MAX_REASON_LENGTH)),
        ]),
        rank: RANKS.inOrder,
      })),
      close: '\n\n</details>',
      noun: 'method',
    },
  ];
}

/** What the group cannot do comes first. */
function rankOf({ may }: Access['methods'][number]): number {
  return may === 'cannot' ? 0 : may === 'depends' ? 1 : 2;
}

function renderPolicy({ invokePolicy }: Access): Block[] {
  if (invokePolicy === null) return [];
  const { document, characters, exact } = invokePolicy;
  const widened = exact
    ? ''
    : ' **It allows more than these methods**: naming each is larger than the 6,144 characters that IAM takes.';
  return [
    {
      open: `<details><summary>The least policy that lets callers invoke (${formatNumber(characters)} characters)</summary>\n\nAttach it to the IAM group of your callers. Put your account's id in place of the \`*\` in its ARNs; it is left out so that no log tells it.${widened}\n\n\`\`\`json`,
      rows: [{ text: plainJson(document).join('\n'), rank: RANKS.inOrder }],
      close: '\n```\n\n</details>',
      noun: 'policy',
    },
  ];
}
