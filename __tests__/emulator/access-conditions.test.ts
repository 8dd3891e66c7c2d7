import { describe, expect, test } from '@jest/globals';
import { holds } from '../../emulator/access/conditions.js';

type Given = string | readonly string[] | undefined;

function check(operator: string, given: Given, ...values: readonly string[]): boolean {
  const keys = new Map(given === undefined ? [] : [['aws:key', [given].flat()] as const]);
  return holds({ operator, key: 'aws:key', values }, keys, () => undefined);
}

// Source: IAM user guide, "IAM JSON policy elements: Condition operators".
describe('what satisfies a plain operator fails the negated one', () => {
  test.each<[operator: string, negated: string, given: string, value: string, expected: boolean]>([
    ['StringEquals', 'StringNotEquals', 'abc', 'abc', true],
    ['StringEquals', 'StringNotEquals', 'abc', 'ABC', false],
    ['StringEquals', 'StringNotEquals', 'abc', 'a*', false],
    ['StringEquals', 'StringNotEquals', 'a*', 'a*', true],
    ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'abc', 'ABC', true],
    ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'abc', 'abd', false],
    ['StringLike', 'StringNotLike', 'abc', 'a*', true],
    ['StringLike', 'StringNotLike', 'abc', 'a?c', true],
    ['StringLike', 'StringNotLike', 'abc', 'A*', false],
    ['StringLike', 'StringNotLike', 'abc', 'ab', false],
    ['StringLike', 'StringNotLike', 'aXbYc', 'a*b*c', true],
    ['StringLike', 'StringNotLike', 'abcb', 'a*b', true],
    ['StringLike', 'StringNotLike', '', '*', true],
    ['ArnLike', 'ArnNotLike', 'arn:aws:iam::1:role/a', 'arn:aws:iam::*:role/*', true],
    ['ArnEquals', 'ArnNotEquals', 'arn:aws:iam::1:role/a', 'arn:aws:iam::*:role/*', true],
    ['ArnLike', 'ArnNotLike', 'arn:aws:iam::1:role/a:b', 'arn:aws:iam::1:role/*', true],
    ['ArnLike', 'ArnNotLike', 'arn:aws:iam::1:role/a', 'arn:*:role/a', false],
    ['ArnLike', 'ArnNotLike', 'arn:aws:iam::1:role/a', 'arn:aws:iam::2:role/a', false],
    ['ArnLike', 'ArnNotLike', 'role/a', 'arn:aws:iam::1:role/a', false],
    ['IpAddress', 'NotIpAddress', '203.0.113.7', '203.0.113.0/24', true],
    ['IpAddress', 'NotIpAddress', '203.0.114.7', '203.0.113.0/24', false],
    ['IpAddress', 'NotIpAddress', '203.0.113.7', '203.0.113.7', true],
    ['IpAddress', 'NotIpAddress', '203.0.113.8', '203.0.113.7', false],
    ['IpAddress', 'NotIpAddress', '203.0.113.7', '0.0.0.0/0', true],
    ['IpAddress', 'NotIpAddress', '2001:db8::1', '2001:db8::/32', true],
    ['IpAddress', 'NotIpAddress', '2001:db9::1', '2001:db8::/32', false],
    ['IpAddress', 'NotIpAddress', '2001:db8::1', '0.0.0.0/0', false],
    ['IpAddress', 'NotIpAddress', '203.0.113.7', 'office', false],
    ['IpAddress', 'NotIpAddress', '203.0.113.7', '203.0.113.0/33', false],
    ['NumericEquals', 'NumericNotEquals', '10', '10.0', true],
    ['NumericEquals', 'NumericNotEquals', '10', '11', false],
    ['NumericLessThan', 'NumericGreaterThanEquals', '9', '10', true],
    ['NumericLessThan', 'NumericGreaterThanEquals', '10', '10', false],
    ['NumericGreaterThan', 'NumericLessThanEquals', '10', '9', true],
    ['NumericGreaterThan', 'NumericLessThanEquals', '10', '10', false],
    ['DateEquals', 'DateNotEquals', '2026-01-02T03:04:05Z', '1767323045', true],
    ['DateLessThan', 'DateGreaterThanEquals', '2026-01-02T03:04:05Z', '2026-01-03T00:00:00Z', true],
    [
      'DateLessThan',
      'DateGreaterThanEquals',
      '2026-01-02T03:04:05Z',
      '2026-01-01T00:00:00Z',
      false,
    ],
    ['DateGreaterThan', 'DateLessThanEquals', '2026-01-02T03:04:05Z', '2026-01-01', true],
  ])('%s and %s: %s against %s', (operator, negated, given, value, expected) => {
    expect(check(operator, given, value)).toBe(expected);
    expect(check(negated, given, value)).toBe(!expected);
  });
});

test('Bool and BinaryEquals', () => {
  expect(check('Bool', 'true', 'true')).toBe(true);
  expect(check('Bool', 'true', 'True')).toBe(true);
  expect(check('Bool', 'true', 'false')).toBe(false);
  expect(check('BinaryEquals', 'QUJD', 'QUJD')).toBe(true);
});

test('what cannot be read satisfies no order', () => {
  for (const operator of ['NumericLessThan', 'NumericGreaterThanEquals', 'DateLessThan'])
    expect([check(operator, 'soon', '10'), check(operator, '10', '')]).toEqual([false, false]);
});

test('Null asks whether the key is there', () => {
  expect(check('Null', undefined, 'true')).toBe(true);
  expect(check('Null', 'x', 'true')).toBe(false);
  expect(check('Null', 'x', 'false')).toBe(true);
  expect(check('Null', undefined, 'false')).toBe(false);
});

test('values are alternatives; a negated operator wants all of them missed', () => {
  expect(check('StringEquals', 'b', 'a', 'b')).toBe(true);
  expect(check('StringNotEquals', 'b', 'a', 'b')).toBe(false);
  expect(check('StringNotEquals', 'c', 'a', 'b')).toBe(true);
  expect(check('StringEquals', 'b')).toBe(false);
  expect(check('StringNotEquals', ['a', 'c'], 'a')).toBe(false);
  expect(check('StringEquals', ['a', 'c'], 'a')).toBe(true);
});

test('a key that is not there', () => {
  for (const operator of [
    'StringEquals',
    'StringLike',
    'Bool',
    'IpAddress',
    'ArnLike',
    'DateLessThan',
  ])
    expect([check(operator, undefined, 'x'), check(`${operator}IfExists`, undefined, 'x')]).toEqual(
      [false, true],
    );
  for (const operator of ['StringNotEquals', 'StringNotLike', 'NotIpAddress', 'ArnNotLike'])
    expect(check(operator, undefined, 'x')).toBe(true);
  expect(check('StringEqualsIfExists', 'y', 'x')).toBe(false);
});

// Source: IAM user guide, "Set operators for multivalued context keys".
test('quantifiers', () => {
  const both = ['a', 'b'];
  expect(check('ForAnyValue:StringEquals', both, 'b', 'c')).toBe(true);
  expect(check('ForAnyValue:StringEquals', both, 'c')).toBe(false);
  expect(check('ForAnyValue:StringNotEquals', both, 'b')).toBe(true);
  expect(check('ForAnyValue:StringEquals', undefined, 'b')).toBe(false);
  expect(check('ForAnyValue:StringNotEquals', undefined, 'b')).toBe(false);
  expect(check('ForAllValues:StringEquals', both, 'a', 'b', 'c')).toBe(true);
  expect(check('ForAllValues:StringEquals', both, 'a')).toBe(false);
  expect(check('ForAllValues:StringNotLike', both, 'b*')).toBe(false);
  expect(check('ForAllValues:StringEquals', undefined, 'a')).toBe(true);
  expect(check('ForAnyValue:StringEqualsIfExists', undefined, 'a')).toBe(true);
});

test('keys of a statement are all wanted, whatever their case', () => {
  const keys = new Map([['aws:sourcevpce', ['vpce-1']]]);
  expect(
    holds({ operator: 'StringEquals', key: 'aws:sourcevpce', values: ['vpce-1'] }, keys, undefined),
  ).toBe(true);
  expect(() => check('StringIs', 'x', 'x')).toThrow('There is no condition operator StringIs');
  expect(() => check('NullIfExists', 'x', 'true')).toThrow('There is no condition operator');
});
