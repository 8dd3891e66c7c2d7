/*
 * Ranges of addresses, as `aws:SourceIp` is compared with: "very broad IP ranges (for example,
 * 0.0.0.0/1) are evaluated as public. This includes values broader than /8 for IPv4 and /32 for IPv6
 * (excluding RFC1918 private ranges)" (Amazon S3 User Guide, The meaning of "public").
 */

/** Addresses from the first to the last, as numbers. */
interface Range {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** How many addresses a range may have at the most. */
const LARGEST: Readonly<Record<4 | 6, bigint>> = { 4: 1n << 24n, 6: 1n << 96n };

/**
 * Whether ranges are narrow: none of them is broader than AWS allows, and neither are neighbours taken
 * together, which are one broad range written in two; nor are they many of the broadest.
 *
 * @param addresses `public`: only ranges without private addresses are narrow.
 */
export function areNarrow(ranges: readonly string[], addresses: 'any' | 'public'): boolean {
  const parsed = ranges.map(parseRange);
  if (!parsed.every((range) => range !== null)) return false;
  if (addresses === 'public' && parsed.some(isPartlyPrivate)) return false;
  const whole = joined(parsed.flatMap(withoutPrivate));
  return (
    whole.every(({ version, first, last }) => last - first < LARGEST[version]) &&
    ([4, 6] as const).every((version) => sizeOf(whole, version) <= MOST_RANGES * LARGEST[version])
  );
}

/**
 * So many of the largest ranges, however they are spread: every other /8 is half of the internet, and no
 * published list of a network comes near.
 */
const MOST_RANGES = 16n;

function sizeOf(ranges: readonly Range[], version: Range['version']): bigint {
  return ranges.reduce(
    (sum, it) => (it.version === version ? sum + it.last - it.first + 1n : sum),
    0n,
  );
}

/** `null` for what is no address and no CIDR block. IPv4 in IPv6's clothes is IPv4. */
function parseRange(text: string): Range | null {
  const [address = '', prefix, ...rest] = text.split('/');
  const value4 = valueOf4(address);
  const value = value4 ?? valueOf6(address);
  if (value === null || rest.length > 0) return null;
  const bits = value4 === null ? 128 : 32;
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return null;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) return null;
  const size = 1n << BigInt(bits - length);
  const first = value - (value % size);
  const last = first + size - 1n;
  if (value4 !== null) return { version: 4, first, last };
  if (first >> 32n === MAPPED && length >= 96) {
    return { version: 4, first: first & LAST_32_BITS, last: last & LAST_32_BITS };
  }
  const mapped = MAPPED << 32n;
  if (first <= mapped && mapped <= last) return { version: 4, first: 0n, last: LAST_32_BITS };
  return { version: 6, first, last };
}

/** `::ffff:0:0/96` without its last 32 bits (RFC 4291, 2.5.5.2). */
const MAPPED = 0xffffn;
const LAST_32_BITS = 0xffffffffn;

/** `null` for what is no IPv4 address of four decimal numbers. */
function valueOf4(address: string): bigint | null {
  const parts = address.split('.');
  const isAddress =
    parts.length === 4 &&
    parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isAddress ? parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) : null;
}

/** `null` for what is no IPv6 address. The URL parser knows every way to write one, and writes one way. */
function valueOf6(address: string): bigint | null {
  if (!/^[0-9a-f:.]+$/i.test(address) || !URL.canParse(`http://[${address}]/`)) return null;
  const { hostname } = new URL(`http://[${address}]/`);
  const [left = '', right] = hostname.slice(1, -1).split('::');
  const head = groupsOf(left);
  const tail = right === undefined ? [] : groupsOf(right);
  const middle = Array<bigint>(8 - head.length - tail.length).fill(0n);
  return [...head, ...middle, ...tail].reduce((sum, group) => sum * 65_536n + group, 0n);
}

function groupsOf(text: string): bigint[] {
  return text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`));
}

/** RFC 1918. */
const PRIVATE: readonly Range[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].flatMap(
  (text) => parseRange(text) ?? [],
);

function isPartlyPrivate(range: Range): boolean {
  return PRIVATE.some(
    (it) => range.version === 4 && range.first <= it.last && it.first <= range.last,
  );
}

/** A range that is private as a whole is nobody's on the internet. */
function withoutPrivate(range: Range): Range[] {
  const isPrivate = PRIVATE.some(
    (it) => range.version === 4 && it.first <= range.first && range.last <= it.last,
  );
  return isPrivate ? [] : [range];
}

/** Ranges that overlap or touch as one. */
function joined(ranges: readonly Range[]): Range[] {
  const sorted = ranges.toSorted(
    (a, b) => a.version - b.version || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0),
  );
  const result: Range[] = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last === undefined || last.version !== range.version || range.first > last.last + 1n) {
      result.push(range);
    } else if (range.last > last.last) {
      result[result.length - 1] = { ...last, last: range.last };
    }
  }
  return result;
}
