import { describe, expect, test } from '@jest/globals';
import type { ApiKind } from '../../../src/model/api-kind.js';
import { type Observation, unasked } from '../../../src/probe/observation.js';
import { gapsIn, isLeftUnasked, isOutOfTime, provesStage } from '../../../src/probe/proof.js';
import { apiOf, observation, onlyRow, settled, unsettled } from '../evidence-builder.js';

const row = (kind: ApiKind, name = 'GET /a') => onlyRow({ ...apiOf({ [name]: 'AWS_IAM' }), kind });

describe('an unsigned handshake and one that was tampered with', () => {
  const control = {
    isAsked: true as const,
    unsigned: settled('refused'),
    tampered: settled('refused'),
  };
  const parts: Partial<Observation> = { signed: null, unproven: ['add CONNECT'], control };

  test('prove the stage of a WebSocket API, by reasons that no other stage gives', () => {
    const of = row('WEBSOCKET', '$connect $connect');
    expect(provesStage(observation(of, parts))).toBe(true);
    expect(provesStage(observation(of, { ...parts, unsigned: settled('refused') }))).toBe(false);
    expect(provesStage(observation(of, { ...parts, tampered: settled('refused') }))).toBe(false);
    expect(provesStage(observation(of, { ...parts, tampered: null }))).toBe(false);
  });

  test('prove nothing of other kinds of API', () => {
    for (const kind of ['HTTP', 'REST'] as const) {
      expect(provesStage(observation(row(kind), parts))).toBe(false);
    }
  });
});

describe('what keeps a method from being proven', () => {
  const asked = (unsigned: ReturnType<typeof settled>) => ({
    isAsked: true as const,
    unsigned,
    tampered: null,
  });

  test.each([
    [settled('accepted'), 'got 200 accepted'],
    [settled('unreachable'), 'got unreachable'],
    [unsettled('refused', 'no-such-method'), 'got answers that differ'],
  ])('the answer to the control is told', (answer, expected) => {
    const gaps = gapsIn(observation(row('HTTP'), { control: asked(answer), unproven: ['x'] }));
    expect(gaps).toEqual(['x', expect.stringContaining(expected)]);
  });

  test('is the control of an HTTP API alone', () => {
    const control = asked(settled('accepted'));
    expect(gapsIn(observation(row('WEBSOCKET'), { control, unproven: ['x'] }))).toEqual(['x']);
    expect(gapsIn(observation(row('HTTP'), { unproven: ['x'] }))).toEqual(['x']);
  });
});

describe('a method that was left unasked', () => {
  test('was to be asked, and lacked something', () => {
    expect(isLeftUnasked(unasked(row('REST'), 'eu-west-1', 'why', null, ['give a value']))).toBe(
      true,
    );
  });

  test('is none that nobody wanted to ask, nor one that was asked', () => {
    expect(isLeftUnasked(unasked(row('REST'), 'eu-west-1', 'why'))).toBe(false);
    expect(isLeftUnasked(observation(row('REST'), { unproven: ['x'] }))).toBe(false);
  });
});

describe('the time of the smoke test', () => {
  const late = settled('out-of-time');

  test.each(['unsigned', 'tampered', 'signed', 'atDefaultEndpoint'])(
    'was over before %s',
    (key) => {
      expect(isOutOfTime(observation(row('REST'), { [key]: late }))).toBe(true);
    },
  );

  test('was over for one verb of several', () => {
    const { unsigned, tampered, signed, atDefaultEndpoint } = observation(row('REST'));
    const verb = { unsigned, tampered, signed, atDefaultEndpoint };
    const all = (...verbs: (typeof verb)[]) => isOutOfTime(observation(row('REST'), { verbs }));
    expect(all(verb, { ...verb, signed: late })).toBe(true);
    expect(all(verb, verb)).toBe(false);
  });

  test('was enough, also where nothing was asked', () => {
    expect(isOutOfTime(observation(row('REST')))).toBe(false);
    expect(isOutOfTime(unasked(row('REST'), 'eu-west-1', 'why'))).toBe(false);
  });
});
