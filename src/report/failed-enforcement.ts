import { clip, clipBytes } from './clip.js';
import { inLog } from './escape.js';
import { type ApiNames, nameApis } from './place.js';
import type { Report, Transaction } from './report.js';

/** An error of a run as a whole, which no line of a file is to blame for. */
export interface FailedEnforcement {
  readonly level: 'error';
  readonly title: string;
  readonly message: string;
  readonly location: null;
}

/** APIs that a title names. */
const NAMED = 3;

/** What became of a transaction that did not reach its end, as a title says it. */
const TITLES: Readonly<Record<'refused' | 'restored' | 'partial' | 'left', string>> = {
  refused: 'Not enforced, and nothing changed',
  restored: 'Enforcement failed, and everything was rolled back',
  partial: 'Enforcement stopped halfway: what is proven stays, the rest is as before',
  left: 'Enforcement failed, and NOT everything could be rolled back',
};

/**
 * Why enforcement did not succeed, one annotation a reason: it is the first that a reader must know, since
 * every finding that is left follows from it.
 */
export function annotateFailedEnforcement(
  { mode, apis, transactions = [] }: Report,
  { maxBytes, maxTitle }: { readonly maxBytes: number; readonly maxTitle: number },
): FailedEnforcement[] {
  if (mode !== 'enforce') return [];
  const names = nameApis(apis);
  const byReason = new Map<string, { readonly title: string; readonly of: Transaction[] }>();
  for (const transaction of transactions) {
    const { state } = transaction;
    if (state === 'proven' || state === 'applied') continue;
    const message = messageOf(transaction);
    const known = byReason.get(JSON.stringify([state, message]));
    if (known === undefined) {
      byReason.set(JSON.stringify([state, message]), { title: TITLES[state], of: [transaction] });
    } else known.of.push(transaction);
  }
  return [...byReason.values()].flatMap(({ title, of }) => {
    const [first] = of;
    if (first === undefined) return [];
    return [
      {
        level: 'error',
        title: clip(`${title}: ${nameAll(of, names)}`, maxTitle),
        message: clipBytes(inLog(messageOf(first)), maxBytes),
        location: null,
      },
    ];
  });
}

function messageOf({ reasons, left }: Transaction): string {
  const rest = left.length === 0 ? '' : ` Not rolled back: ${left.join('; ')}.`;
  const why = reasons.map((reason) => (/[.!?]$/.test(reason) ? reason : `${reason}.`)).join(' ');
  return `${why}${rest}`.trim() || 'The log says why.';
}

function nameAll(transactions: readonly Transaction[], names: ApiNames): string {
  const named = transactions
    .slice(0, NAMED)
    .map(({ api }) => inLog(clip(names(api), 80)))
    .join(', ');
  const more = transactions.length - NAMED;
  return more > 0 ? `${named} and ${more} more` : named;
}
