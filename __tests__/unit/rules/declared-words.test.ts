import { describe, expect, test } from '@jest/globals';
import type { DeclaredMethod, Unresolved } from '../../../src/model/declared.js';
import type { Finding } from '../../../src/model/finding.js';
import { api, apiOf, configured, PREFLIGHT, read, UNREAD } from '../evidence-builder.js';
import {
  at,
  declaredApi,
  declaredMethod,
  findingsOf,
  findingsOfJoined,
} from './declared-builder.js';

/* What a reader is told of a method in a file: its place, its branches, and all that speaks against it. */

const NAME = 'GET /pets';

function ofMethods(...all: readonly DeclaredMethod[]): Finding[] {
  return findingsOf(declaredApi({ methods: all }));
}

const open = (parts: Partial<DeclaredMethod> = {}) =>
  declaredMethod(NAME, { authorization: 'NONE', ...parts });

const unknown: Unresolved = { reason: 'Stage has no default.', give: 'give it', place: at(4) };

describe('a method that the next deployment opens', () => {
  const message = (...all: readonly DeclaredMethod[]) => ofMethods(...all)[0]?.message;

  test('is told with its place, its kind and what follows', () => {
    const [found, ...others] = ofMethods(open());
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      rule: 'declared-not-iam',
      message:
        'template.yaml:7 declares the method with NONE, not AWS_IAM: the next deployment leaves it open to everybody.',
      fix: 'Write there:',
      snippet: { text: 'AuthorizationType: AWS_IAM' },
      api: 'template.yaml#Api',
      stage: null,
      method: 'GET',
      path: '/pets',
      location: at(7),
    });
  });

  test.each<[string, Partial<DeclaredMethod>, string]>([
    ['another type', { authorization: 'CUSTOM' }, 'once deployed, callers get in without IAM.'],
    ['one condition', { when: ['IsProd'] }, 'not AWS_IAM where IsProd is true: '],
    ['a negated one', { when: ['!IsProd'] }, 'not AWS_IAM where IsProd is false: '],
    ['a value', { when: ['Stage=a=b'] }, 'not AWS_IAM where Stage is a=b: '],
    ['a mapping', { when: ['Types[prod]'] }, ' where the mapping Types is asked for prod: '],
    ['a strange name', { when: ['=x'] }, 'not AWS_IAM where =x is true: '],
    ['several', { when: ['A', '!B'] }, ' where A is true and B is false: '],
    ['what it was', { previous: 'AWS_IAM' }, 'everybody. Weakened by this change: it was AWS_IAM.'],
    ['what it was, also not allowed', { previous: 'CUSTOM' }, ': it was CUSTOM.'],
    [
      'an assumption',
      { assumes: ['Stage is prod'] },
      'everybody. This assumes that Stage is prod.',
    ],
    [
      'a doubt',
      { unproven: 'it depends' },
      ' AWS does not say for certain how it reads this: it depends.',
    ],
    ['an API key', { apiKeyRequired: true }, 'everybody. An API key is not authentication.'],
    ['notes', { notes: ['look here!', 'is it?', 'so it is.'] }, ' Look here! Is it? So it is.'],
    [
      'a skip',
      { suppressions: [{ tool: 'checkov', id: 'CKV_1', reason: null, place: at(3) }] },
      ' At template.yaml:3, checkov is told to skip CKV_1, which excuses nothing here: ',
    ],
    [
      'a skip with a reason',
      { suppressions: [{ tool: 'cfn_nag', id: 'W59', reason: 'later', place: at(3) }] },
      ' to skip W59 ("later"), which excuses nothing',
    ],
  ])('%s', (_, parts, expected) => {
    expect(message(open(parts))).toContain(expected);
  });

  test.each<[string, Partial<DeclaredMethod>]>([
    ['nothing', {}],
    ['what it was already', { previous: 'NONE' }],
    ['one bad type for another', { previous: 'COGNITO_USER_POOLS', authorization: 'CUSTOM' }],
  ])('%s is not called weakened', (_, parts) => {
    expect(message(open(parts))).not.toContain('Weakened');
  });

  test('skips of the whole API are told as well, and each once', () => {
    const skip = { tool: 'cdk-nag' as const, id: 'APIG4', reason: null, place: at(1) };
    const [found] = findingsOf(declaredApi({ methods: [open(), open()], suppressions: [skip] }));
    expect(found?.message.match(/skip APIG4/g)).toHaveLength(1);
  });

  test('the branches of one place are one finding, and those that always hold need no condition', () => {
    const branches = [open({ when: ['A'] }), open({ when: ['!B'] })];
    expect(ofMethods(...branches)).toHaveLength(1);
    expect(message(...branches)).toContain(' where A is true, or B is false: ');
    expect(message(...branches, open())).toContain('not AWS_IAM: ');
  });

  test('the worst type of a place is told', () => {
    expect(
      message(open({ authorization: 'CUSTOM', when: ['A'] }), open({ when: ['!A'] })),
    ).toContain('with NONE');
  });

  test('each place has a finding and a fingerprint of its own, whatever line it is on', () => {
    const prints = (...places: number[]) =>
      ofMethods(...places.map((line) => open({ place: at(line) }))).map((it) => it.fingerprint);
    expect(new Set(prints(7, 9)).size).toBe(2);
    expect(prints(7, 9)).toEqual(prints(17, 19));
    expect(prints(7)).toEqual(prints(7, 9).slice(0, 1));
  });

  test.each<[string, Finding[], string]>([
    [
      'a route',
      findingsOf(declaredApi({ kind: 'HTTP', methods: [open()] })),
      'the route with NONE',
    ],
    [
      'quick create',
      findingsOf(
        declaredApi({
          kind: 'HTTP',
          methods: [declaredMethod('$default', { authorization: 'NONE', by: 'quick create' })],
        }),
      ),
      'the route that API Gateway creates for the target with NONE',
    ],
  ])('%s is called so', (_, [found], expected) => {
    expect(found?.message).toContain(expected);
  });
});

describe('OPTIONS', () => {
  const options = (parts: Partial<DeclaredMethod>) =>
    declaredMethod('OPTIONS /pets', { authorization: 'NONE', ...parts });

  test('with a MOCK that answers no CORS is no preflight, and reaches no backend', () => {
    const [found, ...others] = ofMethods(options({ integration: 'MOCK' }));
    expect(others).toEqual([]);
    expect(found?.rule).toBe('declared-not-iam');
    expect(found?.message).toContain(
      'the OPTIONS method with NONE, not AWS_IAM: it answers no CORS headers, so it is not a preflight.',
    );
    expect(found?.fix).toMatch(/^Declare Access-Control-Allow-Origin/);
  });

  test('that reaches a backend has a rule of its own', () => {
    const [found, ...others] = ofMethods(options({}));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      rule: 'preflight-has-backend',
      snippet: { text: 'AuthorizationType: AWS_IAM' },
    });
    expect(found?.message).toContain(
      'the OPTIONS method with NONE, and its integration is not MOCK',
    );
    const mock = declaredApi({ kind: 'HTTP', methods: [options({ integration: 'MOCK' })] });
    expect(findingsOf(mock).map(({ rule }) => rule)).toEqual(['preflight-has-backend']);
    expect(findingsOf(mock)[0]?.message).toContain(
      'an HTTP API answers preflights without a route',
    );
    expect(findingsOf(mock)[0]?.fix).toContain('Set CorsConfiguration on the API');
  });

  test('that is a preflight is no finding, and another method is none', () => {
    expect(ofMethods(options({ integration: 'MOCK', isPreflight: true }))).toEqual([]);
  });
});

describe('what nobody can know', () => {
  const unresolved = (parts: Partial<DeclaredMethod> = {}) =>
    declaredMethod(NAME, { authorization: 'unresolved', unresolved: unknown, ...parts });

  test('is told with its reason and what would make it known', () => {
    const [found] = ofMethods(unresolved({ when: ['A'], notes: ['see above'] }));
    expect(found).toMatchObject({
      rule: 'declared-unresolved',
      message:
        'Nobody can know what template.yaml:7 makes of the method where A is true: Stage has no default. See above.',
      fix: 'Give it.',
    });
  });

  test('has a reason where the file gives none', () => {
    const [found] = ofMethods(unresolved({ unresolved: null }));
    expect(found?.message).toContain('its authorization type is known at the deployment alone.');
    expect(found?.fix).toBe('Write the type itself in the file.');
  });

  test('is told of an API too, each with a fingerprint of its own', () => {
    const found = findingsOf(
      declaredApi({ methods: [declaredMethod(NAME)], unresolved: [unknown, unknown] }),
    );
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({
      message: 'Not everything that template.yaml:4 declares can be known: Stage has no default.',
      api: 'template.yaml#Api',
      location: at(4),
    });
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });
});

describe('what AWS refuses', () => {
  const refused = { reason: 'no such type.', place: at(8) };

  test('of a method, where the mistake is', () => {
    const [found, ...others] = ofMethods(open({ undeployable: refused, when: ['A'] }));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      rule: 'declared-undeployable',
      message: 'template.yaml:8 cannot be deployed where A is true: no such type.',
      location: at(8),
      snippet: { text: 'AuthorizationType: AWS_IAM' },
    });
  });

  test('of an API, each with a fingerprint of its own', () => {
    const found = findingsOf(
      declaredApi({ methods: [declaredMethod(NAME)], undeployable: [refused, refused] }),
    );
    expect(found.map(({ message }) => message)).toEqual(
      Array(2).fill('template.yaml:8 cannot be deployed: no such type.'),
    );
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });
});

describe('protected by what is not certain', () => {
  const doubtful = { unproven: 'documents disagree' };

  test('is a warning with the way to say it for certain', () => {
    const [found, ...others] = ofMethods(declaredMethod(NAME, doubtful));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ rule: 'declared-unproven', severity: 'warning' });
    expect(found?.message).toContain('gives the method AWS_IAM in a way that is not certain.');
    expect(found?.fix).toBe('Say it on the method itself:');
  });

  test('is not told beside a reading that is open, nor of what is certain', () => {
    const rules = ofMethods(declaredMethod(NAME, doubtful), open()).map(({ rule }) => rule);
    expect(rules).toEqual(['declared-not-iam']);
    expect(ofMethods(declaredMethod(NAME))).toEqual([]);
  });
});

describe('drift', () => {
  const drift = (live: Parameters<typeof findingsOfJoined>[0], ...all: DeclaredMethod[]) =>
    findingsOfJoined(live, declaredApi({ methods: all })).filter(
      ({ rule }) => rule === 'declared-drift',
    );
  const OPTIONS = 'OPTIONS /pets';
  const preflight = declaredMethod(OPTIONS, {
    authorization: 'NONE',
    integration: 'MOCK',
    isPreflight: true,
  });

  test('between two acceptable types is a warning', () => {
    const live = apiOf({ [OPTIONS]: 'AWS_IAM' });
    expect(drift(live, preflight)).toMatchObject([
      {
        severity: 'warning',
        api: 'a1b2c3',
        message: expect.stringContaining(
          'template.yaml:7 declares the method with NONE, and it is configured with AWS_IAM: ',
        ),
      },
    ]);
    expect(drift(apiOf({ [OPTIONS]: PREFLIGHT }), declaredMethod(OPTIONS))).toHaveLength(1);
  });

  test('is none where they agree, or where one is a finding of its own', () => {
    expect(drift(apiOf({ [OPTIONS]: PREFLIGHT }), preflight)).toEqual([]);
    expect(drift(apiOf({ [NAME]: 'AWS_IAM' }), declaredMethod(NAME))).toEqual([]);
    expect(drift(apiOf({ [NAME]: 'AWS_IAM' }), open())).toEqual([]);
    expect(drift(apiOf({ [NAME]: 'NONE' }), declaredMethod(NAME))).toEqual([]);
    const branches = [preflight, declaredMethod(OPTIONS, { when: ['A'] })];
    expect(drift(apiOf({ [OPTIONS]: 'AWS_IAM' }), ...branches)).toEqual([]);
  });

  test('is none where nothing is configured, or nobody could read it', () => {
    expect(drift(apiOf({ 'GET /cats': 'AWS_IAM' }), declaredMethod(NAME))).toEqual([]);
    expect(drift({ ...apiOf({ [OPTIONS]: 'AWS_IAM' }), configured: UNREAD }, preflight)).toEqual(
      [],
    );
    expect(drift(api({ configured: read(configured({})) }), declaredMethod(NAME))).toEqual([]);
  });
});
