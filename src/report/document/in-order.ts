import { count, countOf, nounOf } from '../wording.js';
import type { Content } from './content.js';
import type { Judged, JudgedMethod } from './judged.js';
import { methodTable, type Shown } from './methods.js';
import type { Part } from './part.js';
import { iconOf, type RowState } from './state.js';

/** What is folded away, by the state of its methods, and how it is called. */
const FOLDS: readonly { readonly states: readonly RowState[]; readonly words: string }[] = [
  { states: ['known'], words: 'with findings that the baseline knows' },
  { states: ['excepted'], words: 'that may be open by exception' },
  { states: ['pass', 'preflight'], words: 'in order' },
];

/** The methods that nobody needs to look at, folded with their count. */
export function partsInOrder({ apis, methods }: Judged, { nameOf, links }: Shown): Part[] {
  const isAlone = apis.length === 1;
  const [only] = apis;
  return FOLDS.flatMap(({ states, words }): Part[] => {
    const own = methods.filter(({ state }) => states.includes(state));
    const [first] = own;
    if (first === undefined) return [];
    const icon: Content = iconOf(states[0] ?? 'pass');
    return [
      {
        fold: [
          ...icon,
          ` ${countOf(own.length, nounOf(own.map(({ method }) => method)))} ${words}${ofApis(own, isAlone)}`,
        ],
        body: methodTable(own, {
          links,
          ...(isAlone && only !== undefined ? { api: only } : { nameOf }),
        }),
        noun: 'method',
      },
    ];
  });
}

/** ` of 36 APIs`; nothing is to be told where there is one API. */
function ofApis(methods: readonly JudgedMethod[], isAlone: boolean): string {
  if (isAlone) return '';
  const apis = new Set(methods.map(({ method }) => method.api));
  return ` of ${count(apis.size, 'API')}`;
}
