import { BlockList, isIP } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { areNarrow } from '../../../src/access/address-range.js';

describe('ranges of addresses', () => {
  test.each<[string[], boolean]>([
    [['203.0.113.7'], true],
    [['203.0.113.7/32'], true],
    [['12.0.0.0/8'], true],
    [['12.34.56.78/7'], false],
    [['0.0.0.0/0'], false],
    [['2001:DB8::/32'], true],
    [['2001:db8::1'], true],
    [['2001:db8::/31'], false],
    [['::/0'], false],
    [['::ffff:203.0.113.0/120'], true],
    [['::ffff:0:0/103'], false],
    [['::ffff:0:0/104'], true],
    [['::/16'], false],
    [['1.2.3'], false],
    [['1.2.3.256'], false],
    [['01.2.3.4'], false],
    [['1.2.3.4/'], false],
    [['1.2.3.4/33'], false],
    [['1.2.3.4/8/8'], false],
    [['2001:db8::/129'], false],
    [['2001:db8:::'], false],
    [['fe80::1%eth0'], false],
    [['office'], false],
    [[''], false],
  ])('%j', (ranges, narrow) => {
    expect(areNarrow(ranges, 'any')).toBe(narrow);
  });

  test('are public where none is of RFC 1918, not in part either', () => {
    expect(areNarrow(['203.0.113.0/24'], 'public')).toBe(true);
    for (const range of ['10.1.0.0/16', '172.31.0.0/16', '192.168.0.1', '192.0.0.0/8']) {
      expect(areNarrow([range], 'any')).toBe(true);
      expect(areNarrow([range], 'public')).toBe(false);
    }
  });

  test('begin where their prefix does, whichever address stands before it', () => {
    // Two neighbours, each named by an address within it, and not by its first.
    expect(areNarrow(['20.77.1.2/9', '20.200.3.4/9'], 'any')).toBe(true);
    expect(areNarrow(['20.77.1.2/9', '20.200.3.4/9', '21.0.0.0'], 'any')).toBe(false);
    expect(areNarrow(['20.77.1.2/8', '20.200.3.4/9', '19.255.255.255'], 'any')).toBe(false);
    expect(areNarrow(['20.77.1.2/8', '19.255.255.254'], 'any')).toBe(true);
  });

  test('of IPv6 that hold all of IPv4 are as broad as that, and others are not', () => {
    expect(areNarrow(['::ffff:0:0/96'], 'any')).toBe(false);
    expect(areNarrow(['::fffe:0:0/96'], 'any')).toBe(true);
    expect(areNarrow(['::1:0:0:0/96'], 'any')).toBe(true);
    expect(areNarrow(['::ffff:ffff:ffff/128'], 'any')).toBe(true);
  });

  test('that neighbour each other are as broad as they are together', () => {
    const halves = (prefix: number): string[] => [`20.0.0.0/${prefix}`, `20.128.0.0/${prefix}`];
    expect(areNarrow(halves(9), 'any')).toBe(true);
    expect(areNarrow([...halves(9), '21.0.0.0/32'], 'any')).toBe(false);
    expect(areNarrow(['20.0.0.0/8', '22.0.0.0/8'], 'any')).toBe(true);
    expect(areNarrow(['20.0.0.0/8', '20.1.0.0/16'], 'any')).toBe(true);
  });

  test.each<[string, (at: number) => string]>([
    ['IPv4', (at) => `${20 + 2 * at}.0.0.0/8`],
    ['IPv6', (at) => `2001:${(2 * at + 1).toString(16)}::/32`],
  ])('of %s that are as broad as may be are few, wherever they are', (_, range) => {
    const ranges = Array.from({ length: 17 }, (_one, at) => range(at));
    expect(areNarrow(ranges.slice(0, 16), 'any')).toBe(true);
    expect(areNarrow(ranges, 'any')).toBe(false);
    expect(areNarrow([...ranges.slice(0, 16), '10.0.0.0/8', '192.168.0.0/16'], 'any')).toBe(true);
  });

  test('are known as Node knows them', () => {
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ unit: fc.constantFrom('0', '1', '9', 'f', ':', '.'), maxLength: 12 }),
    );
    fc.assert(
      fc.property(text, (address) => {
        expect(areNarrow([address], 'any')).toBe(isIP(address) !== 0);
      }),
      { numRuns: 500 },
    );
  });

  test('that are narrow leave most addresses out', () => {
    const range = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 3 }), (ranges) => {
        const list = new BlockList();
        for (const [address, prefix] of ranges) list.addSubnet(address, prefix);
        const isNarrow = areNarrow(
          ranges.map(([address, prefix]) => `${address}/${prefix}`),
          'any',
        );
        const firsts = Array.from({ length: 256 }, (_, first) => `${first}.77.77.77`);
        const inside = firsts.filter((address) => list.check(address)).length;
        if (isNarrow) expect(inside).toBeLessThanOrEqual(ranges.length);
      }),
    );
  });
});
