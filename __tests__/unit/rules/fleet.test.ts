import { describe, expect, test } from '@jest/globals';
import type { FleetCase, TargetOutcome, TargetState } from '../../../src/model/fleet.js';
import { RULES } from '../../../src/rules/index.js';

/* What the rules make of the targets of a fleet. */

const outcome = (id: string, state: TargetState): TargetOutcome => ({ id, title: `${id}!`, state });
const READ: TargetState = { kind: 'read' };
const state = (kind: 'missing' | 'unreadable'): TargetState => ({ kind, why: 'w', fix: 'f' });

function said(parts: Partial<FleetCase>) {
  const fleet: FleetCase = { outcomes: [outcome('a', READ)], outdated: null, methods: 1, ...parts };
  return RULES.flatMap((rule) => ('findInFleet' in rule ? rule.findInFleet(fleet) : []));
}

describe('a fleet', () => {
  test('of targets that were read has no finding', () => {
    expect(said({})).toEqual([]);
  });

  test('names each target that could not be read, and each that is missing', () => {
    const found = said({
      outcomes: [
        outcome('a', READ),
        outcome('b', state('unreadable')),
        outcome('c', state('missing')),
        outcome('d', state('unreadable')),
      ],
    });
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          rule: 'target-unreadable',
          target: 'b',
          message: 'b! could not be read: w.',
          fix: 'f',
          severity: 'error',
          effect: 'unknown',
          api: null,
          stage: null,
          method: null,
          path: null,
        }),
        expect.objectContaining({
          rule: 'target-missing',
          target: 'c',
          message: 'c! is missing: w.',
        }),
        expect.objectContaining({ rule: 'target-unreadable', target: 'd' }),
      ]),
    );
    expect(found).toHaveLength(3);
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });

  test('in which nothing was found is no pass', () => {
    const [found, ...others] = said({
      outcomes: [outcome('a', READ), outcome('b', READ)],
      methods: 0,
    });
    expect(others).toEqual([]);
    expect(found).toMatchObject({ rule: 'target-unreadable', target: null });
    expect(found?.message).toContain('any of the 2 targets');
  });

  test('in which nothing could be read is told target by target alone', () => {
    const found = said({ outcomes: [outcome('a', state('unreadable'))], methods: 0 });
    expect(found.map(({ target }) => target)).toEqual(['a']);
  });

  test('without targets says nothing of them', () => {
    expect(said({ outcomes: [], methods: 0 })).toEqual([]);
  });

  test('whose plan is too old has no known targets', () => {
    const found = said({
      outdated: 'it is a week old',
      outcomes: [outcome('c', state('missing'))],
    });
    expect(found.map(({ rule, target }) => [rule, target])).toEqual([
      ['target-missing', null],
      ['target-missing', 'c'],
    ]);
    expect(found[0]?.message).toContain('it is a week old');
  });
});
