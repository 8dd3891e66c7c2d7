import type { LoggedRequest } from '../emulator/faults.js';
import { alignColumns, type Terminal } from './terminal.js';

/** How often each operation was called, in the order of their first calls. */
export function countOperations(requests: readonly LoggedRequest[]): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const { operation } of requests) calls[operation] = (calls[operation] ?? 0) + 1;
  return calls;
}

/** One screen: every call of the demo by operation, and what the endpoint was asked and answered. */
export function showTotals(requests: readonly LoggedRequest[], terminal: Terminal): void {
  const control = requests.filter(({ plane }) => plane !== 'data');
  const rows = (isMutating: boolean): string[][] =>
    Object.entries(countOperations(control.filter(({ mutating }) => mutating === isMutating))).map(
      ([operation, calls]) => [
        `  ${operation}`,
        String(calls).padStart(4),
        isMutating ? terminal.yellow('changes') : terminal.dim('reads'),
      ],
    );
  for (const line of alignColumns([...rows(false), ...rows(true)])) terminal.print(line);
  terminal.print();
  for (const line of alignColumns(endpointRows(requests))) terminal.print(line);
}

function endpointRows(requests: readonly LoggedRequest[]): string[][] {
  const counts = new Map<string, number>();
  for (const { plane, headers, status } of requests) {
    if (plane !== 'data') continue;
    const kind = headers.authorization === undefined ? 'unsigned' : 'signed';
    const row = `${kind} request answered ${status}`;
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  return [...counts].sort().map(([row, count]) => [`  ${row}`, String(count).padStart(4)]);
}
