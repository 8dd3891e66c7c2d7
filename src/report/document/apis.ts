import { isUnread } from '../answer.js';
import { count, formatNumber } from '../wording.js';
import { type Content, name, paragraph, prose } from './content.js';
import { isOpenNow, type JudgedApi } from './judged.js';
import type { Column, Part } from './part.js';
import { RANKS } from './ranks.js';
import { shortName } from './saying.js';
import { isOnTop, markOf } from './state.js';

const API = { title: 'API', says: 'value alone' } as const;
const METHODS = { title: 'Methods', says: 'value first' } as const;

const COLUMNS: readonly Column[] = [
  { title: 'Verdict' },
  { title: 'API', group: API },
  { title: 'Kind', group: API },
  { title: 'Stages', group: API },
  { title: 'Open', group: METHODS },
  { title: 'Failing', group: METHODS },
  { title: 'Unreadable', group: METHODS },
  { title: 'In order', group: METHODS },
  { title: 'Proven', group: METHODS },
];

/** Stages that a cell names. */
const NAMED_STAGES = 3;

/** APIs that get room before anything else is told in detail. */
const FIRST = 50;

/**
 * The APIs, worst first, where there are more than one: each with the worst of all that was found about
 * it, also about its policy.
 *
 * @param most - How many are shown; the rest is counted.
 */
export function partOfApis(
  apis: readonly JudgedApi[],
  nameOf: (api: string) => string,
  anchorOf: (index: number) => string,
  most: number,
): Part[] {
  if (apis.length < 2) return [];
  const left = apis.length - most;
  return [
    {
      heading: { level: 3, content: ['APIs'] },
      body: {
        kind: 'table',
        columns: COLUMNS,
        lines: apis.slice(0, most).map((api, index) => ({
          cells: cellsOf(api, nameOf, anchorOf),
          rank: index < FIRST ? RANKS.worst : RANKS.rest,
          about: { api: api.id, rules: [], state: api.state },
        })),
      },
      ...(left > 0 ? { after: [paragraph(`… and ${count(left, 'more API')} in the run.`)] } : {}),
      noun: 'API',
    },
  ];
}

function cellsOf(
  api: JudgedApi,
  nameOf: (api: string) => string,
  anchorOf: (index: number) => string,
): Content[] {
  const { methods, stages, state, index } = api;
  const open = methods.filter((it) => isOpenNow(it) && isOnTop(it.state)).length;
  const unreadable = methods.filter((it) => it.state === 'incomplete' && !isOpenNow(it)).length;
  const named = prose(shortName(nameOf(api.id)));
  return [
    markOf(state),
    // An API that is in order has no section of its own.
    isOnTop(state) ? [{ kind: 'link', href: `#${anchorOf(index)}`, content: [named] }] : [named],
    [api.kind],
    nameStages(stages.map((stage) => stage.name)),
    amount(open),
    amount(methods.filter((it) => isOnTop(it.state)).length - open - unreadable),
    unreadable === 0 && isUnread(api) ? ['partly'] : amount(unreadable),
    amount(methods.filter((it) => !isOnTop(it.state)).length),
    amount(methods.filter(({ method }) => method.proof === 'proven').length),
  ];
}

function amount(number: number): Content {
  return number === 0 ? [] : [formatNumber(number)];
}

/** `prod, test and 2 more`. */
function nameStages(stages: readonly string[]): Content {
  if (stages.length === 0) return ['no stage'];
  const more = stages.length - NAMED_STAGES;
  const named = stages
    .slice(0, NAMED_STAGES)
    .flatMap((stage, index): Content => [index === 0 ? '' : ', ', name(shortName(stage))]);
  return more > 0 ? [...named, ` and ${formatNumber(more)} more`] : named;
}
