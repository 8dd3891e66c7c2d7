import { element, list } from '../query/xml.js';
import type { IamCall } from './call.js';
import { validationError } from './errors.js';

const DEFAULT_ITEMS = 100;
const MAX_ITEMS = 1000;

/**
 * The entries of one page, and what ends its answer: `IsTruncated` and, where there are more, the
 * `Marker` for the next. The marker's form is not documented; here it is opaque, and one that no
 * answer gave is refused.
 *
 * Source: IAM API Reference, `MaxItems`: 100 by default, 1 to 1,000.
 */
export function slice<T>(
  call: IamCall,
  entries: readonly T[],
): { readonly shown: readonly T[]; readonly ending: string } {
  const start = startOf(call.form.get('Marker'), entries.length);
  const end = start + sizeOf(call.form.get('MaxItems'));
  const more = end < entries.length;
  return {
    shown: entries.slice(start, end),
    ending: element('IsTruncated', String(more)) + (more ? element('Marker', markerOf(end)) : ''),
  };
}

/** A page of one list: the members, already XML, and its ending. */
export function page<T>(
  call: IamCall,
  name: string,
  entries: readonly T[],
  render: (entry: T) => string,
): string {
  const { shown, ending } = slice(call, entries);
  return list(name, shown.map(render)) + ending;
}

function sizeOf(text: string | null): number {
  if (text === null) return DEFAULT_ITEMS;
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1)
    throw validationError('MaxItems', 'Member must have value greater than or equal to 1');
  if (size > MAX_ITEMS)
    throw validationError('MaxItems', `Member must have value less than or equal to ${MAX_ITEMS}`);
  return size;
}

function markerOf(index: number): string {
  return Buffer.from(`at:${index}`).toString('base64');
}

function startOf(marker: string | null, length: number): number {
  if (marker === null) return 0;
  const index = /^at:(\d+)$/.exec(Buffer.from(marker, 'base64').toString('utf8'))?.[1];
  if (index === undefined || Number(index) > length)
    throw validationError('Marker', 'Invalid marker (text of the emulator)');
  return Number(index);
}
