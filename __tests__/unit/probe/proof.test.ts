import { describe, expect, test } from '@jest/globals';
import type { ApiKind } from '../../../src/model/api-kind.js';
import { UNTOLD } from '../../../src/model/evidence.js';
import type { AnswerKind } from '../../../src/probe/answer.js';
import { TIMED_OUT } from '../../../src/probe/classify/network.js';
import { type Observation, unasked, type VerbAnswers } from '../../../src/probe/observation.js';
import {
  gapsIn,
  isLeftHanging,
  isLeftInDoubt,
  isLeftUnasked,
  isOutOfTime,
  isSignedRefused,
  isUnnamedInDoubt,
  proofOf,
  provesStage,
  verbsThatCount,
} from '../../../src/probe/proof.js';
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

describe('what says nothing, after an answer', () => {
  const SILENT = ['no-credentials', 'unreachable', 'tls-failure', 'name-not-resolved'] as const;
  const silenced = (kind: AnswerKind, silent: AnswerKind) =>
    settled(silent, {
      seen: new Map<AnswerKind, number>([
        [kind, 1],
        [silent, 3],
      ]),
    });

  test.each(SILENT)('does not hide that a request was let in, or may have been: %s', (silent) => {
    for (const name of ['unsigned', 'tampered', 'atDefaultEndpoint'] as const) {
      const seen = (kind: AnswerKind) =>
        observation(row('REST'), { [name]: silenced(kind, silent) });
      expect(proofOf(seen('accepted'))).toBe('refuted');
      expect(isLeftInDoubt(seen('unlabelled-error'))).toBe(true);
      expect(isLeftInDoubt(seen('forbidden'))).toBe(false);
    }
  });

  test.each(SILENT)('proves nothing of a caller: %s', (silent) => {
    const signed = observation(row('REST'), { signed: silenced('accepted', silent) });
    expect(proofOf(signed)).toBe('inconclusive');
    expect(provesStage(signed)).toBe(false);
  });
});

describe('a method that was sent as several verbs', () => {
  const whole = { unsigned: settled('missing-token'), tampered: settled('wrong-signature') };
  const get: VerbAnswers = { ...whole, signed: settled('accepted'), atDefaultEndpoint: null };
  const with405 = { ...get, signed: settled('unlabelled-error') };
  const untold = { ...row('REST', 'ANY /a'), deployed: UNTOLD };
  const proves = (head: Partial<VerbAnswers>, of = row('REST', 'ANY /a'), first = get) =>
    provesStage(observation(of, { verbs: [first, { ...get, ...head }] }));

  test('proves its stage by one of them, where the others refuse what they must', () => {
    expect(proves({})).toBe(true);
    expect(proves({ signed: settled('unlabelled-error') })).toBe(true);
    expect(proves({ signed: unsettled('accepted', 'throttled') })).toBe(true);
  });

  test('does not where another may have been let in at the default endpoint', () => {
    const doubtful = { ...with405, atDefaultEndpoint: settled('unlabelled-error') };
    const refusing = { ...with405, atDefaultEndpoint: settled('missing-token') };
    expect(proves(doubtful)).toBe(false);
    expect(proves(refusing)).toBe(true);
    const found = observation(row('REST', 'ANY /a'), { verbs: [get, doubtful] });
    expect(verbsThatCount(found)).toHaveLength(2);
  });

  test('is as good as those that count', () => {
    const unclear = { ...get, signed: settled('unlabelled-error') };
    const of = (name: string, ...verbs: VerbAnswers[]) =>
      proofOf(observation(name === 'untold' ? untold : row('REST', name), { verbs }));
    expect(of('ANY /a', get, unclear)).toBe('proven');
    expect(of('ANY /a', unclear, unclear)).toBe('inconclusive');
    expect(of('ANY /a', get, { ...get, signed: settled('denied') })).toBe('refuted');
    expect(of('untold', get, unclear)).toBe('inconclusive');
  });

  test('proves nothing by none of them', () => {
    expect(proves({ signed: settled('unlabelled-error') }, row('REST', 'ANY /a'), with405)).toBe(
      false,
    );
  });

  test.each<[string, Partial<VerbAnswers>]>([
    ['let in a stranger', { unsigned: settled('accepted') }],
    ['let in a wrong signature', { tampered: settled('accepted') }],
    ['may have let in a stranger', { unsigned: settled('unlabelled-error') }],
    ['may have let in a wrong signature', { tampered: settled('unlabelled-error') }],
    ['refused a caller', { signed: settled('denied') }],
    ['let in a stranger elsewhere', { atDefaultEndpoint: settled('accepted') }],
  ])('proves nothing where another one %s', (_what, head) => {
    expect(proves(head)).toBe(false);
  });

  test('has to be proven as each of them where it may be several', () => {
    expect(proves({}, untold)).toBe(true);
    expect(proves({ signed: settled('unlabelled-error') }, untold)).toBe(false);
  });
});

describe('a request that must be refused', () => {
  const iam = row('REST');
  const keyed = onlyRow(apiOf({ 'GET /a': { apiKeyRequired: true } }));
  const open = onlyRow(apiOf({ 'GET /a': 'NONE' }));
  const lost = settled('unreachable', { detail: TIMED_OUT });

  test.each(['unsigned', 'tampered'] as const)('and gets no answer in time hangs: %s', (name) => {
    expect(isLeftHanging(observation(iam, { [name]: lost }))).toBe(true);
    expect(isLeftHanging(observation(open, { [name]: lost }))).toBe(false);
    for (const other of ['ECONNRESET', '']) {
      const answer = settled('unreachable', { detail: other });
      expect(isLeftHanging(observation(iam, { [name]: answer }))).toBe(false);
    }
    const seen = new Map<AnswerKind, number>([
      ['unreachable', 2],
      ['missing-token', 1],
    ]);
    expect(isLeftHanging(observation(iam, { [name]: { ...lost, seen } }))).toBe(false);
    expect(isLeftHanging(observation(iam, { signed: lost }))).toBe(false);
  });

  test.each<[kind: AnswerKind, words: string, isDoubt: boolean]>([
    ['missing-token', 'Missing Authentication Token', false],
    ['forbidden', '', false],
    ['forbidden', 'Forbidden', false],
    ['forbidden', 'Not on Sundays', true],
    ['throttled', '', false],
    ['throttled', 'Too Many Requests', false],
    ['throttled', 'One order a day', true],
    ['unreachable', '', false],
    ['no-credentials', '', false],
    ['maybe-waf', '', true],
    ['unknown-error', '', true],
    ['no-such-method', '', true],
  ])('and gets %s (%j) may have been let in: %s', (kind, detail, isDoubt) => {
    const unsigned = settled(kind, { detail });
    expect(isLeftInDoubt(observation(iam, { unsigned }))).toBe(isDoubt);
    expect(isLeftInDoubt(observation(iam, { atDefaultEndpoint: unsigned }))).toBe(isDoubt);
    // A method that asks for no signature has its finding from the snapshot.
    expect(isLeftInDoubt(observation(open, { unsigned }))).toBe(false);
  });

  test('and gets Forbidden may have been let in where it lacks an API key', () => {
    const unsigned = settled('forbidden', { detail: 'Forbidden' });
    expect(isLeftInDoubt(observation(keyed, { unsigned }))).toBe(true);
  });

  test.each<[kind: AnswerKind, isDoubt: boolean]>([
    ['wrong-signature', false],
    ['missing-token', false],
    ['unknown-error', true],
    ['maybe-waf', true],
  ])('and was tampered with, and gets %s, may have been let in: %s', (kind, isDoubt) => {
    expect(isLeftInDoubt(observation(iam, { tampered: settled(kind) }))).toBe(isDoubt);
  });

  test.each<[kind: AnswerKind, isDoubt: boolean]>([
    ['missing-token', false],
    ['forbidden', false],
    ['no-such-method', false],
    // That is a finding of its own.
    ['accepted', false],
    ['unknown-error', true],
    ['maybe-waf', true],
  ])('of a method that the snapshot does not name, and gets %s: %s', (kind, isDoubt) => {
    const unnamed = onlyRow(apiOf({ 'GET /a': 'AWS_IAM' }, {}));
    const unsigned = settled(kind);
    expect(isUnnamedInDoubt(observation(unnamed, { unsigned }))).toBe(isDoubt);
    expect(isUnnamedInDoubt(observation(iam, { unsigned }))).toBe(false);
    expect(isUnnamedInDoubt(observation(unnamed, { unsigned: null }))).toBe(false);
    // As one of several verbs it is one that another verb's finding takes the place of.
    const verbs = (['accepted', kind] as const).map((it) => ({
      unsigned: settled(it),
      tampered: null,
      signed: null,
      atDefaultEndpoint: null,
    }));
    expect(isUnnamedInDoubt(observation(unnamed, { unsigned, verbs }))).toBe(false);
  });
});

describe('a signed request that was refused', () => {
  const noRoute = { isAsked: true as const, unsigned: settled('no-such-method'), tampered: null };
  const asOthers = { ...noRoute, unsigned: settled('refused') };

  test.each<[signed: AnswerKind, unsigned: AnswerKind, isTheCallers: boolean]>([
    ['denied', 'missing-token', true],
    ['denied', 'forbidden', true],
    ['forbidden', 'missing-token', true],
    ['forbidden', 'forbidden', false],
    ['refused', 'missing-token', true],
    ['refused', 'refused', false],
    ['accepted', 'missing-token', false],
    ['backend-error', 'missing-token', false],
  ])('as %s where the unsigned one got %s: %s', (signed, unsigned, isTheCallers) => {
    const answers = { signed: settled(signed), unsigned: settled(unsigned) };
    expect(isSignedRefused(observation(row('REST'), answers))).toBe(isTheCallers);
    const atTimes = { ...answers, signed: unsettled('accepted', signed) };
    expect(isSignedRefused(observation(row('REST'), atTimes))).toBe(false);
    expect(isSignedRefused(observation(row('REST'), { ...answers, signed: null }))).toBe(false);
  });

  test.each<[ApiKind, typeof noRoute | undefined, boolean]>([
    ['HTTP', noRoute, true],
    ['HTTP', asOthers, false],
    ['HTTP', undefined, false],
    ['WEBSOCKET', noRoute, false],
    ['REST', noRoute, false],
  ])(
    'as all others are, of %s, is the route of an HTTP API that other paths tell apart',
    (kind, control, expected) => {
      const answers = { signed: settled('refused'), unsigned: settled('refused') };
      const of = observation(row(kind), control === undefined ? answers : { ...answers, control });
      expect(isSignedRefused(of)).toBe(expected);
    },
  );

  test('is one as whatever verb', () => {
    const verbs = ['accepted', 'denied'] as const;
    const of = observation(row('REST', 'ANY /a'), {
      verbs: verbs.map((kind) => ({
        unsigned: settled('missing-token'),
        tampered: settled('wrong-signature'),
        signed: settled(kind),
        atDefaultEndpoint: null,
      })),
    });
    expect(isSignedRefused(of)).toBe(true);
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
