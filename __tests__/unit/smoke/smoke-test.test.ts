import { describe, expect, test } from '@jest/globals';
import type { ApiEvidence } from '../../../src/evidence/model.js';
import type { ProbeAnswer } from '../../../src/smoke/answer.js';
import { DEFAULT_ENDPOINT_DISABLED, reasonNotToProbe } from '../../../src/smoke/select.js';
import { type Observation, runSmokeTest, type SmokeTest } from '../../../src/smoke/smoke-test.js';
import { apiOf, onlyRow, PREFLIGHT, read, rowsOf, UNREAD } from '../evidence-builder.js';

const ALL = { smokeTest: true, smokeMethods: ['GET', 'HEAD', 'OPTIONS'] };

describe('which method is asked', () => {
  test.each<[why: string, api: ApiEvidence, reason: string | null]>([
    ['GET that is deployed', apiOf({ 'GET /a': 'AWS_IAM' }), null],
    ['GET that is open', apiOf({ 'GET /a': 'NONE' }), null],
    ['POST that nobody named', apiOf({ 'POST /a': 'AWS_IAM' }), 'not in smoke-methods'],
    ['ANY', apiOf({ 'ANY /a': 'AWS_IAM' }), 'ANY is no single HTTP method'],
    ['a path with parameters', apiOf({ 'GET /{id}': 'AWS_IAM' }), 'its path has parameters'],
    ['a greedy path', apiOf({ 'GET /x/{proxy+}': 'AWS_IAM' }), 'its path has parameters'],
    ['a preflight', apiOf({ 'OPTIONS /a': PREFLIGHT }), 'a preflight is open on purpose'],
    ['OPTIONS with IAM', apiOf({ 'OPTIONS /a': 'AWS_IAM' }), null],
    ['what is not deployed', apiOf({ 'GET /a': 'AWS_IAM' }, {}), 'not deployed'],
    [
      'what was not read',
      apiOf({ 'GET /a': 'AWS_IAM' }, { 'GET /a': 'unreadable' }),
      'the snapshot of the stage could not be read',
    ],
    ['no stage', { ...apiOf({ 'GET /a': 'AWS_IAM' }), stages: UNREAD }, 'not deployed'],
  ])('%s', (_why, api, reason) => {
    expect(reasonNotToProbe(onlyRow(api), ALL)).toBe(reason);
  });

  test('none where the smoke test is off', () => {
    const row = onlyRow(apiOf({ 'GET /a': 'AWS_IAM' }));
    expect(reasonNotToProbe(row, { ...ALL, smokeTest: false })).toBe('smoke-test is off');
  });
});

/** Runs the smoke test against an endpoint that refuses the unsigned and accepts the signed. */
async function run(
  apis: readonly ApiEvidence[],
  parts: Partial<SmokeTest> = {},
): Promise<{ observations: Observation[]; sent: string[] }> {
  const sent: string[] = [];
  const answer = async (line: string, given: ProbeAnswer): Promise<ProbeAnswer> => {
    sent.push(line);
    return given;
  };
  const observations = await runSmokeTest(rowsOf(...apis), {
    ...ALL,
    region: 'eu-west-1',
    endpointUrl: null,
    timeoutMs: 1000,
    prober: {
      sendUnsigned: ({ method, baseUrl, path }) =>
        answer(`unsigned ${method} ${baseUrl}${path}`, {
          kind: 'missing-token',
          status: 403,
          detail: '',
        }),
      sendSigned: ({ method, baseUrl, path }) =>
        answer(`signed ${method} ${baseUrl}${path}`, { kind: 'accepted', status: 200, detail: '' }),
      destroy: () => {},
    },
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
    isSettling: () => false,
    logger: { info: () => {}, group: (_title, phase) => phase() },
    now: () => 0,
    sleep: async () => {},
    random: () => 0.5,
    ...parts,
  });
  return { observations, sent };
}

describe('what is sent', () => {
  const URL_A = 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/a';

  test('is three requests without and three with a signature', async () => {
    const { observations, sent } = await run([apiOf({ 'GET /a': 'AWS_IAM' })]);
    expect(sent.toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => `signed GET ${URL_A}`),
      ...Array.from({ length: 3 }, () => `unsigned GET ${URL_A}`),
    ]);
    expect(observations).toMatchObject([
      { notProbed: null, unsigned: { kind: 'missing-token' }, signed: { kind: 'accepted' } },
    ]);
  });

  test.each([
    ['asks for no signature', apiOf({ 'GET /a': 'NONE' })],
    ['asks for an API key, too', apiOf({ 'GET /a': { apiKeyRequired: true } })],
  ])('is no signed request where the method %s', async (_why, api) => {
    const { observations, sent } = await run([api]);
    expect(sent.filter((line) => line.startsWith('signed'))).toEqual([]);
    expect(observations).toMatchObject([{ signed: null }]);
  });

  test('is no signed request without credentials, and that is said', async () => {
    const credentials = { unavailable: 'AssumeRole failed' };
    const { observations, sent } = await run([apiOf({ 'GET /a': 'AWS_IAM' })], { credentials });
    expect(sent.filter((line) => line.startsWith('signed'))).toEqual([]);
    expect(observations[0]?.signed).toMatchObject({
      kind: 'no-credentials',
      detail: 'AssumeRole failed',
    });
  });

  test('is nothing to a default endpoint that is disabled', async () => {
    const disabled = {
      ...apiOf({ 'GET /a': 'AWS_IAM' }),
      description: read({
        name: 'x',
        endpointTypes: [],
        defaultEndpointDisabled: true,
        tags: {},
        policy: null,
      }),
    };
    const { observations, sent } = await run([disabled]);
    expect(sent).toEqual([]);
    expect(observations).toMatchObject([{ notProbed: DEFAULT_ENDPOINT_DISABLED, unsigned: null }]);
    const elsewhere = await run([disabled], { endpointUrl: 'https://api.example.com/{stage}' });
    expect(elsewhere.sent).toContain('unsigned GET https://api.example.com/prod/a');
  });

  test('comes back for every row, in order', async () => {
    const apis = [
      apiOf({ 'GET /a': 'AWS_IAM', 'POST /b': 'AWS_IAM', 'GET /c': 'NONE' }),
      { ...apiOf({ 'GET /d': 'AWS_IAM' }), id: 'zz' },
    ];
    const { observations } = await run(apis);
    expect(observations.map(({ row, notProbed }) => [row.path, notProbed])).toEqual([
      ['/a', null],
      ['/b', 'not in smoke-methods'],
      ['/c', null],
      ['/d', null],
    ]);
  });
});
