import { clip } from '../clip.js';
import { inCode, inHtml, inMarkdown } from '../escape.js';
import type { ApiNames } from '../place.js';
import type { Change, Deployment, Report, Transaction } from '../report.js';
import { count } from '../wording.js';
import { openTable, renderHttpMethod, renderPath, renderTableLine, renderType } from './cells.js';
import type { Block } from './fit.js';
import { renderProse } from './prose.js';
import { RANKS } from './ranks.js';

type State = Change['state'] | Deployment['stages'][number]['state'];

const STATES: Readonly<Record<State, string>> = {
  planned: '📝 planned',
  applied: '✅ applied',
  moved: '✅ moved',
  failed: '❌ failed',
  'not-attempted': '⏸️ not attempted',
  restored: '↩️ put back',
};

/** Kept methods beyond this many are folded. */
const SHOWN_KEPT = 10;

const MAX_NAME_LENGTH = 120;
const MAX_REASON_LENGTH = 400;

/**
 * What `plan` would change and `enforce` changed, for review: methods from one authorization type
 * to another, stages from one deployment to another, and what stays as it is and why. Nothing in
 * mode `audit`.
 */
export function renderChanges(report: Report, apiNames: ApiNames): Block[] {
  if (report.mode === 'audit') {
    return [];
  }
  const blocks = [
    ...renderTransactions(report, apiNames),
    ...renderMethodChanges(report, apiNames),
    ...renderDeployments(report, apiNames),
    ...renderKept(report, apiNames),
    ...renderOwners(report, apiNames),
  ];
  const [first, ...rest] = blocks;
  const heading = report.mode === 'plan' ? 'What enforce would change' : 'What enforce changed';
  return first === undefined
    ? []
    : [{ ...first, open: `### ${heading}\n\n${first.open}` }, ...rest];
}

const ENDINGS: Readonly<Record<Transaction['state'], string>> = {
  refused: '⏸️ was left as it is: nothing was changed',
  proven: '✅ is changed, and the endpoint proves it',
  applied: '✅ is changed; the endpoint was not asked',
  restored: '↩️ did not succeed: everything was put back and read again, and is as before',
  left: '🚨 did not succeed, and NOT everything could be put back',
};

/** How it ended for each API, and why; first of all what is left for a person to put right. */
function renderTransactions({ transactions = [] }: Report, apiNames: ApiNames): Block[] {
  return transactions.map(({ api, state, reasons, left }) => ({
    open: `**${inMarkdown(clip(apiNames(api), MAX_NAME_LENGTH))}** ${ENDINGS[state]}.`,
    rows: [
      ...left.map((words) => `- **Left:** ${renderProse(words, MAX_REASON_LENGTH, '  ')}`),
      ...reasons.map((words) => `- Why: ${renderProse(words, MAX_REASON_LENGTH, '  ')}`),
      // A block appears with its first row, and one that went well has none.
    ].map((text, index) => ({ text: index === 0 ? `\n${text}` : text, rank: RANKS.changes })),
    noun: 'reason',
  }));
}

/** How to make the change permanent where somebody else's template holds the API. */
function renderOwners({ owners = [] }: Report, apiNames: ApiNames): Block[] {
  return owners.map(({ api, tool, warning, snippets }) => ({
    open: `<details><summary>⚠️ ${inHtml(clip(apiNames(api), MAX_NAME_LENGTH))} is managed by ${tool}: make it permanent there</summary>\n\n${inMarkdown(clip(warning, MAX_REASON_LENGTH))}`,
    rows: snippets.map(({ format, text }) => ({
      text: `\n${format}:\n\n${fence(text)}`,
      rank: RANKS.inOrder,
    })),
    close: '\n\n</details>',
    noun: 'snippet',
  }));
}

/** A block of code. The snippets are the gate's own; a fence longer than any within is safe for all. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}\n${text}\n${ticks}`;
}

function renderMethodChanges({ changes }: Report, apiNames: ApiNames): Block[] {
  if (changes.length === 0) {
    return [];
  }
  const table = openTable(['API', 'Method', 'Path', 'Authorization', 'State']);
  return [
    {
      open: `**${count(changes.length, 'method')}**\n\n${table}`,
      rows: changes.map((change) => ({
        text: renderTableLine([
          inMarkdown(clip(apiNames(change.api), MAX_NAME_LENGTH)),
          renderHttpMethod(change.method),
          renderPath(change.path),
          `<del>${renderType(change.from)}</del> → ${renderType(change.to)}`,
          STATES[change.state],
        ]),
        rank: RANKS.changes,
      })),
      noun: 'change',
    },
  ];
}

function renderDeployments({ deployments }: Report, apiNames: ApiNames): Block[] {
  const stages = deployments.flatMap((deployment) =>
    deployment.stages.map((stage) => ({ deployment, stage })),
  );
  if (stages.length === 0) {
    return [];
  }
  const table = openTable(['API', 'Stage', 'Deployment', 'State']);
  return [
    {
      open: `**${count(stages.length, 'stage')}**\n\n${table}`,
      rows: stages.map(({ deployment, stage }) => ({
        text: renderTableLine([
          inMarkdown(clip(apiNames(deployment.api), MAX_NAME_LENGTH)),
          inMarkdown(clip(stage.name, MAX_NAME_LENGTH)),
          `${renderDeploymentId(stage.from, 'none')} → ${renderDeploymentId(deployment.deploymentId, 'a new one')}`,
          STATES[stage.state],
        ]),
        rank: RANKS.changes,
      })),
      noun: 'stage',
    },
  ];
}

function renderDeploymentId(id: string | null, absent: string): string {
  return id === null ? absent : inCode(clip(id, MAX_NAME_LENGTH));
}

function renderKept({ kept }: Report, apiNames: ApiNames): Block[] {
  if (kept.length === 0) {
    return [];
  }
  const folded = kept.length > SHOWN_KEPT;
  const title = `${count(kept.length, 'method')} left as ${kept.length === 1 ? 'it is' : 'they are'}`;
  const table = openTable(['API', 'Method', 'Path', 'Authorization', 'Why it stays']);
  return [
    {
      open: `${folded ? `<details><summary>${title}</summary>` : `**${title}**`}\n\n${table}`,
      rows: kept.map((method) => ({
        text: renderTableLine([
          inMarkdown(clip(apiNames(method.api), MAX_NAME_LENGTH)),
          renderHttpMethod(method.method),
          renderPath(method.path),
          renderType(method.authorizationType),
          inMarkdown(clip(method.reason, MAX_REASON_LENGTH)),
        ]),
        rank: folded ? RANKS.inOrder : RANKS.changes,
      })),
      ...(folded ? { close: '\n\n</details>' } : {}),
      noun: 'method',
    },
  ];
}
