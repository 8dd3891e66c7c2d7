import { describe, expect, test } from '@jest/globals';
import type { SampleRequest } from '../../../src/config/config.js';
import type { ApiEvidence } from '../../../src/model/evidence.js';
import type { ProbeAnswer } from '../../../src/probe/answer.js';
import { NO_GATEWAY_RESPONSES } from '../../../src/probe/classify/gateway-responses.js';
import { restClassifier } from '../../../src/probe/classify/rest.js';
import type { Observation } from '../../../src/probe/observation.js';
import type { SmokeTest } from '../../../src/probe/observe.js';
import { isOutOfTime, proofOf } from '../../../src/probe/proof.js';
import { NO_SAMPLE } from '../../../src/probe/sample.js';
import { type Selection, select } from '../../../src/probe/select.js';
import type { ProbeRequest, Signature } from '../../../src/probe/send.js';
import { runSmokeTest } from '../../../src/probe/smoke-test.js';
import {
  api,
  apiOf,
  configured,
  deployed,
  onlyRow,
  PREFLIGHT,
  read,
  rowsOf,
  stage,
  stageWithCanary,
  UNREAD,
} from '../evidence-builder.js';

const ALL: Selection = { smokeTest: true, smokeMethods: ['GET', 'HEAD', 'OPTIONS'], samples: [] };

function sampleOf(parts: Partial<SampleRequest>): SampleRequest {
  return { ...NO_SAMPLE, matches: () => true, ...parts };
}

describe('which method is asked', () => {
  test.each<[why: string, api: ApiEvidence, reason: string]>([
    ['POST that nobody named', apiOf({ 'POST /a': 'AWS_IAM' }), 'not in smoke-methods'],
    ['a greedy path', apiOf({ 'GET /x/{proxy+}': 'AWS_IAM' }), 'add a value for {proxy+}'],
    ['an open path', apiOf({ 'GET /x/{id}': 'NONE' }), 'it is open'],
    ['half a parameter', apiOf({ 'GET /x-{id}': 'AWS_IAM' }), 'not a whole segment'],
    ['a preflight', apiOf({ 'OPTIONS /a': PREFLIGHT }), 'a preflight is open on purpose'],
    [
      'what is not deployed, at a path with parameters',
      apiOf({ 'GET /{id}': 'AWS_IAM' }, {}),
      'not deployed',
    ],
    [
      'what was not read',
      api({
        configured: read(configured({ 'GET /a': 'AWS_IAM' })),
        stages: read([stage({ deployed: UNREAD })]),
      }),
      'the snapshot of the stage could not be read',
    ],
    [
      'what may be served or not, at a path with parameters',
      apiOf({ 'GET /{id}': 'AWS_IAM' }, { 'GET /{id}': 'unreadable' }),
      'whether the stage serves it is not known',
    ],
    [
      'what may be a preflight',
      apiOf({ 'OPTIONS /a': PREFLIGHT }, { 'OPTIONS /a': 'NONE' }),
      'whether it is a preflight is not known',
    ],
    ['a preflight that is not deployed', apiOf({ 'OPTIONS /a': PREFLIGHT }, {}), 'not deployed'],
    [
      'a preflight that is served and no longer configured',
      apiOf({}, { 'OPTIONS /a': { authorizationType: 'NONE', preflight: 'yes' } }),
      'a preflight is open on purpose',
    ],
    [
      'OPTIONS with IAM where the canary serves a preflight',
      api({
        configured: read(configured({ 'OPTIONS /a': PREFLIGHT })),
        stages: read([
          stageWithCanary(
            { 'OPTIONS /a': 'AWS_IAM' },
            read(deployed({ 'OPTIONS /a': { authorizationType: 'NONE', preflight: 'yes' } })),
          ),
        ]),
      }),
      'a preflight is open on purpose',
    ],
    ['no stage', { ...apiOf({ 'GET /a': 'AWS_IAM' }), stages: UNREAD }, 'not deployed'],
    [
      'OPTIONS with IAM that is not deployed, at a path with parameters',
      apiOf({ 'OPTIONS /{id}': 'AWS_IAM' }, {}),
      'not deployed',
    ],
  ])('not %s', (_why, api, reason) => {
    expect(select(onlyRow(api), ALL)).toContain(reason);
  });

  test.each<[why: string, api: ApiEvidence]>([
    ['GET that is deployed', apiOf({ 'GET /a': 'AWS_IAM' })],
    ['GET that is open', apiOf({ 'GET /a': 'NONE' })],
    ['OPTIONS with IAM', apiOf({ 'OPTIONS /a': 'AWS_IAM' })],
    [
      'OPTIONS that reaches a backend where it is served',
      apiOf(
        { 'OPTIONS /a': PREFLIGHT },
        { 'OPTIONS /a': { authorizationType: 'NONE', preflight: 'no' } },
      ),
    ],
    ['what may be served or not', apiOf({ 'GET /a': 'AWS_IAM' }, { 'GET /a': 'unreadable' })],
    ['a path with parameters', apiOf({ 'GET /{id}': 'AWS_IAM' })],
  ])('but %s', (_why, api) => {
    expect(select(onlyRow(api), ALL)).toMatchObject({ verbs: [expect.any(String)] });
  });

  test('ANY as each verb that is allowed and has no method of its own', () => {
    const rows = rowsOf(apiOf({ 'ANY /a': 'AWS_IAM', 'HEAD /a': 'AWS_IAM' }));
    const any = rows.find(({ method }) => method === 'ANY');
    expect(any === undefined ? null : select(any, ALL)).toMatchObject({
      verbs: ['GET', 'OPTIONS'],
    });
    expect(any === undefined ? null : select(any, { ...ALL, smokeMethods: ['HEAD'] })).toBe(
      'not in smoke-methods',
    );
  });

  test('none where the smoke test is off', () => {
    const row = onlyRow(apiOf({ 'GET /a': 'AWS_IAM' }));
    expect(select(row, { ...ALL, smokeTest: false })).toBe('smoke-test is off');
  });
});

const LET_IN: ProbeAnswer = { kind: 'accepted', status: 200, detail: '' };
const LOST: ProbeAnswer = { kind: 'unreachable', status: null, detail: 'ECONNRESET' };

const ANSWERS: Readonly<Record<Signature['kind'], ProbeAnswer>> = {
  unsigned: { kind: 'missing-token', status: 403, detail: '' },
  tampered: { kind: 'wrong-signature', status: 403, detail: '' },
  signed: { kind: 'accepted', status: 200, detail: '' },
};

/** Runs the smoke test against an endpoint that answers as a protected one, or as a test says. */
async function run(
  apis: readonly ApiEvidence[],
  parts: Partial<SmokeTest> = {},
  answerTo: (request: ProbeRequest, kind: Signature['kind']) => ProbeAnswer = (_, kind) =>
    ANSWERS[kind],
): Promise<{ observations: Observation[]; sent: string[]; requests: ProbeRequest[] }> {
  const sent: string[] = [];
  const requests: ProbeRequest[] = [];
  const observations = await runSmokeTest(rowsOf(...apis), {
    ...ALL,
    region: 'eu-west-1',
    webSocketSignature: 'headers',
    timeoutMs: 1000,
    startMs: 0,
    prober: {
      send: async (request, { kind }) => {
        sent.push(`${kind} ${request.method} ${request.baseUrl}${request.path}`);
        requests.push(request);
        return answerTo(request, kind);
      },
      destroy: () => {},
    },
    surroundings: {
      whereabouts: (api, name) => ({
        baseUrl: `https://${api.id}.test/${name}`,
        defaultUrl: null,
        leadsElsewhere: () => null,
      }),
      classifierOf: () => restClassifier(NO_GATEWAY_RESPONSES),
      notes: [],
    },
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
    isSettling: () => false,
    isAlike: () => false,
    logger: { info: () => {}, debug: () => {}, group: (_title, phase) => phase() },
    now: () => 0,
    sleep: async () => {},
    random: () => 0.5,
    ...parts,
  });
  return { observations, sent, requests };
}

function counted(lines: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}

describe('what the log says', () => {
  test('is how many were asked, at the end and not for each', async () => {
    const lines: string[] = [];
    const logger: SmokeTest['logger'] = {
      info: (line) => void lines.push(line),
      debug: () => {},
      group: (_title, phase) => phase(),
    };
    await run([apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM', 'GET /c': 'AWS_IAM' })], {
      logger,
    });
    expect(lines).toEqual(['3/3 methods asked']);
  });
});

describe('the stage of an HTTP API', () => {
  test('has one control for all of its methods, without what their samples say', async () => {
    const http = {
      ...apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM', 'GET /c': 'AWS_IAM' }),
      kind: 'HTTP' as const,
    };
    const unknown = new Set<string>();
    const { observations, requests } = await run(
      [http],
      { samples: [sampleOf({ headers: { 'x-team': 'shop' } })], timeoutMs: 60_000 },
      ({ path }, kind) => {
        if (['/a', '/b', '/c'].includes(path)) {
          return kind === 'signed'
            ? { kind: 'accepted', status: 200, detail: '' }
            : { kind: 'refused', status: 403, detail: '' };
        }
        unknown.add(path);
        return { kind: 'no-such-method', status: 404, detail: '' };
      },
    );
    expect(unknown.size).toBe(1);
    const controls = requests.filter(({ path }) => unknown.has(path));
    expect(controls).toHaveLength(3);
    for (const request of controls) expect(request.headers).toEqual({});
    const control = { isAsked: true, unsigned: { kind: 'no-such-method' }, tampered: null };
    expect(observations).toMatchObject([{ control }, { control }, { control }]);
  });
});

describe('what a stage is compared with', () => {
  const REFUSED: ProbeAnswer = { kind: 'refused', status: 403, detail: '' };
  const NO_ROUTE: ProbeAnswer = { kind: 'no-such-method', status: 404, detail: '' };
  const httpApi = (...names: readonly string[]): ApiEvidence => ({
    ...apiOf(Object.fromEntries(names.map((name) => [name, 'AWS_IAM']))),
    kind: 'HTTP',
  });
  /** `/a` is a route with IAM, and nothing else is there, or what is given. */
  const answering =
    (elsewhere: ProbeAnswer = NO_ROUTE) =>
    ({ path }: ProbeRequest, kind: Signature['kind']): ProbeAnswer => {
      if (path !== '/a') return elsewhere;
      return kind === 'signed' ? ANSWERS.signed : REFUSED;
    };

  test('is a GET without anything, of a path that no route takes', async () => {
    const { requests, observations } = await run([httpApi('GET /a')], {}, answering());
    const controls = requests.filter(({ path }) => path !== '/a');
    expect(controls).toHaveLength(3);
    for (const request of controls) {
      expect(request).toMatchObject({ method: 'GET', query: [], body: null, isOnItsOwn: false });
      expect(request.baseUrl).toBe('https://a1b2c3.test/prod');
    }
    expect(observations.map(proofOf)).toEqual(['proven']);
  });

  test('is asked seven times over connections of their own, while the stage settles', async () => {
    const settling = { isSettling: () => true, timeoutMs: 0 };
    const { requests } = await run([httpApi('GET /a')], settling, answering());
    const controls = requests.filter(({ path }) => path !== '/a');
    expect(controls).toHaveLength(7);
    for (const { isOnItsOwn } of controls) expect(isOnItsOwn).toBe(true);
  });

  test('proves nothing where what no route takes is answered as a route is', async () => {
    const { observations } = await run([httpApi('GET /a')], {}, answering(REFUSED));
    expect(observations).toMatchObject([{ control: { unsigned: { kind: 'refused' } } }]);
    expect(observations.map(proofOf)).toEqual(['consistent']);
  });

  test('is nothing where every path has a route', async () => {
    const { observations, requests } = await run([httpApi('$default $default')], {}, (_, kind) =>
      kind === 'signed' ? ANSWERS.signed : REFUSED,
    );
    expect(observations).toMatchObject([{ control: { isAsked: false, isExcused: true } }]);
    expect(new Set(requests.map(({ path }) => path)).size).toBe(1);
  });

  test('is nothing of a REST API, whose refusals say why', async () => {
    const { observations } = await run([apiOf({ 'GET /a': 'AWS_IAM' })]);
    expect(observations[0]).not.toHaveProperty('control');
  });

  test('is a stage that is not there, of a handshake that nobody signs', async () => {
    const chat: ApiEvidence = {
      ...apiOf({ '$connect $connect': 'AWS_IAM' }),
      kind: 'WEBSOCKET',
      stageNames: ['prod'],
    };
    const host = 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com';
    const surroundings: SmokeTest['surroundings'] = {
      whereabouts: (_, name) => ({
        baseUrl: `${host}/${name}`,
        defaultUrl: null,
        leadsElsewhere: () => null,
      }),
      classifierOf: () => restClassifier(NO_GATEWAY_RESPONSES),
      notes: [],
    };
    const places = new Set<unknown>();
    const { observations, sent } = await run(
      [chat],
      { webSocketSignature: 'query', surroundings },
      (request, kind) => {
        places.add(request.handshake);
        return request.baseUrl.endsWith('/apigw-iam-gate-control') ? REFUSED : ANSWERS[kind];
      },
    );
    expect([...places]).toEqual(['query']);
    expect(counted(sent)).toEqual({
      [`unsigned GET ${host}/prod`]: 4,
      [`tampered GET ${host}/prod`]: 3,
      [`unsigned GET ${host}/apigw-iam-gate-control`]: 3,
      [`tampered GET ${host}/apigw-iam-gate-control`]: 3,
    });
    expect(observations).toMatchObject([
      { signed: null, control: { unsigned: { kind: 'refused' }, tampered: { kind: 'refused' } } },
    ]);
    // A signed one says more than any comparison.
    const signed = await run([chat], { smokeMethods: ['CONNECT'], surroundings });
    expect(signed.sent.filter((line) => line.includes('control'))).toEqual([]);
    expect(signed.observations[0]).not.toHaveProperty('control');
    expect(signed.observations[0]?.signed?.kind).toBe('accepted');
  });
});

describe('a step without credentials', () => {
  test('has no signed answer, and says so once for each method', async () => {
    const { observations, sent } = await run([apiOf({ 'GET /a': 'AWS_IAM' })], {
      credentials: { unavailable: 'there are none', remedy: 'Give some.' },
    });
    expect(sent.filter((line) => !line.startsWith('unsigned'))).toEqual([]);
    expect(observations).toMatchObject([
      {
        tampered: null,
        signed: {
          kind: 'no-credentials',
          status: null,
          detail: 'there are none',
          remedy: 'Give some.',
          settled: true,
          seen: new Map([['no-credentials', 1]]),
          sentAs: 'GET',
        },
      },
    ]);
  });
});

describe('a stage with a web ACL', () => {
  const behind = (
    auth: 'AWS_IAM' | 'NONE' | 'unnamed' | 'unreadable',
    hasWebAcl: boolean,
  ): ApiEvidence => {
    // What the snapshot does not name must be refused, too, and so what nobody knows.
    const served = auth === 'unnamed' ? {} : { 'GET /a': auth };
    const configured = auth === 'NONE' ? auth : 'AWS_IAM';
    const api = apiOf({ 'GET /a': configured }, served);
    if (!api.stages.readable || !hasWebAcl) return api;
    return { ...api, stages: read(api.stages.value.map((it) => ({ ...it, hasWebAcl: true }))) };
  };

  test.each([
    ['AWS_IAM', true, 'maybe-waf'],
    ['AWS_IAM', false, 'backend-error'],
    ['NONE', true, 'backend-error'],
    ['unnamed', true, 'maybe-waf'],
    ['unnamed', false, 'backend-error'],
    ['unreadable', true, 'maybe-waf'],
    ['unreadable', false, 'backend-error'],
  ] as const)(
    'has errors in doubt where it asks for a signature: %s, %s',
    async (auth, has, kind) => {
      const told = new Set<string>();
      await run([behind(auth, has)], {
        prober: {
          send: async (_, signature, classifier) => {
            const headers = { 'x-amzn-requestid': 'r', 'x-amz-apigw-id': 'i' };
            const answer = { status: 502, headers, body: '<h1>no</h1>', receivedAtMs: 0 };
            const classified = classifier.classify(answer, { hide: (it) => it, isSigned: false });
            if (signature.kind === 'unsigned') told.add(classified.kind);
            return classified;
          },
          destroy: () => {},
        },
      });
      expect([...told]).toEqual([kind]);
    },
  );
});

describe('what is sent', () => {
  const URL_A = 'https://a1b2c3.test/prod/a';

  test('is each request three times, after one that finds out whether the address answers', async () => {
    const { observations, sent } = await run([apiOf({ 'GET /a': 'AWS_IAM' })]);
    expect(counted(sent)).toEqual({
      [`unsigned GET ${URL_A}`]: 4,
      [`tampered GET ${URL_A}`]: 3,
      [`signed GET ${URL_A}`]: 3,
    });
    expect(observations.map(proofOf)).toEqual(['proven']);
  });

  test('is signed by the credentials of the step, for its region', async () => {
    const signers: unknown[] = [];
    const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });
    await run([apiOf({ 'GET /a': 'AWS_IAM' })], {
      credentials,
      prober: {
        send: async (_, signature) => {
          if (signature.kind !== 'unsigned') signers.push(signature.by);
          return ANSWERS[signature.kind];
        },
        destroy: () => {},
      },
    });
    expect(signers.length).toBe(6);
    for (const by of signers) expect(by).toEqual({ region: 'eu-west-1', credentials });
  });

  test.each([
    ['asks for no signature', apiOf({ 'GET /a': 'NONE' }), null],
    ['asks for an API key, too', apiOf({ 'GET /a': { apiKeyRequired: true } }), 'consistent'],
    ['has parameters without values', apiOf({ 'GET /a/{id}': 'AWS_IAM' }), 'consistent'],
  ])('is no signed request where the method %s', async (_why, api, proof) => {
    const { observations, sent } = await run([api]);
    expect(sent.filter((line) => line.startsWith('signed'))).toEqual([]);
    expect(observations).toMatchObject([{ signed: null }]);
    expect(observations.map(proofOf)).toEqual([proof]);
    if (proof === 'consistent')
      expect(observations[0]?.unproven).toEqual([expect.stringMatching(/^add/)]);
  });

  test('is what a sample says, and then it is a proof', async () => {
    const sample = sampleOf({
      pathParameters: { id: 'p 1' },
      query: [['q', '1']],
      headers: { 'X-Api-Key': 'k' },
      body: '{}',
    });
    const api = apiOf({ 'GET /a/{id}': { apiKeyRequired: true }, 'POST /a/{id}': 'AWS_IAM' });
    const { observations, requests, sent } = await run([api], {
      samples: [sample],
      smokeMethods: ['GET', 'POST'],
    });
    expect(sent).toContain(`signed GET ${URL_A}/p%201`);
    expect(requests[0]).toMatchObject({ query: [['q', '1']], headers: { 'X-Api-Key': 'k' } });
    for (const { method, body } of requests) expect(body).toBe(method === 'POST' ? '{}' : null);
    expect(observations.map(proofOf)).toEqual(['proven', 'proven']);
  });

  test('is nothing with a signature where there are no credentials, and that is said', async () => {
    const credentials = { unavailable: 'AssumeRole failed', remedy: 'Reach STS.' };
    const { observations, sent } = await run([apiOf({ 'GET /a': 'AWS_IAM' })], { credentials });
    expect(sent.filter((line) => !line.startsWith('unsigned'))).toEqual([]);
    expect(observations[0]?.signed).toMatchObject({
      kind: 'no-credentials',
      detail: 'AssumeRole failed',
      remedy: 'Reach STS.',
    });
    expect(observations.map(proofOf)).toEqual(['inconclusive']);
  });

  test('is nothing where the stage has no address', async () => {
    const surroundings: SmokeTest['surroundings'] = {
      whereabouts: () => ({ unavailable: 'it is nowhere', remedy: 'Name it.' }),
      classifierOf: () => restClassifier(NO_GATEWAY_RESPONSES),
      notes: [],
    };
    const { observations, sent } = await run([apiOf({ 'GET /a': 'AWS_IAM' })], { surroundings });
    expect(sent).toEqual([]);
    expect(observations).toMatchObject([{ notProbed: 'it is nowhere', unlocated: 'Name it.' }]);
  });

  test('is nothing for a method that would be answered by something else', async () => {
    const surroundings: SmokeTest['surroundings'] = {
      whereabouts: () => ({
        baseUrl: 'https://a.test',
        defaultUrl: null,
        leadsElsewhere: ({ path, headers }) =>
          path === '/b' && headers['x-beta'] === '1' ? 'it leads elsewhere' : null,
      }),
      classifierOf: () => restClassifier(NO_GATEWAY_RESPONSES),
      notes: [],
    };
    const { observations, sent } = await run(
      [apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' })],
      {
        surroundings,
        samples: [sampleOf({ headers: { 'x-beta': '1' } })],
      },
    );
    expect(sent.some((line) => line.includes('/b'))).toBe(false);
    expect(observations.map(({ notProbed }) => notProbed)).toEqual([null, 'it leads elsewhere']);
  });

  test('goes to an address that does not answer for one method, and not for the others', async () => {
    const api = apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM', 'GET /c': 'AWS_IAM' });
    const lost: ProbeAnswer = { kind: 'unreachable', status: null, detail: 'ECONNREFUSED' };
    const { observations, sent } = await run([api], {}, () => lost);
    expect(new Set(sent)).toEqual(new Set([`unsigned GET ${URL_A}`]));
    for (const it of observations) expect(it.unsigned).toMatchObject({ kind: 'unreachable' });
    expect(observations.map(proofOf)).toEqual(Array(3).fill('inconclusive'));
  });

  test('of ANY counts by the verb that fares worst', async () => {
    const { observations } = await run([apiOf({ 'ANY /a': 'AWS_IAM' })], {}, ({ method }, kind) =>
      method === 'HEAD' && kind === 'unsigned'
        ? { kind: 'accepted', status: 200, detail: '' }
        : ANSWERS[kind],
    );
    expect(observations[0]?.unsigned).toMatchObject({ kind: 'accepted', sentAs: 'HEAD' });
    expect(observations.map(proofOf)).toEqual(['refuted']);
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

describe('a stage with a canary', () => {
  const withCanary = (percentTraffic: number): ApiEvidence => {
    const api = apiOf({ 'GET /a': 'AWS_IAM' });
    const [row] = rowsOf(api);
    if (row?.stage === null || row === undefined || !row.stage.deployed.readable) return api;
    const { deployed } = row.stage;
    return {
      ...api,
      stages: read([stage({ deployed, canary: { deploymentId: 'c', percentTraffic, deployed } })]),
    };
  };

  test('is asked until a miss of the canary is less likely than one in a thousand', async () => {
    const { observations, sent } = await run([withCanary(10)]);
    const unsigned = sent.filter((line) => line.startsWith('unsigned')).length - 1;
    expect(0.9 ** unsigned).toBeLessThan(0.001);
    expect(0.9 ** (unsigned - 1)).toBeGreaterThan(0.001);
    expect(observations.map(proofOf)).toEqual(['proven']);
  });

  test('is open where one answer of many is', async () => {
    let asked = 0;
    const { observations } = await run([withCanary(10)], {}, (_request, kind) => {
      if (kind === 'unsigned') asked += 1;
      return asked === 40 ? { kind: 'accepted', status: 200, detail: '' } : ANSWERS[kind];
    });
    expect(observations.map(proofOf)).toEqual(['refuted']);
  });

  test('is asked no more often where it is open already', async () => {
    const { sent } = await run([withCanary(10)], {}, () => LET_IN);
    expect(sent.filter((line) => line.startsWith('unsigned'))).toHaveLength(4);
  });

  test('whose share is too small is not proven, and says so', async () => {
    const { observations, sent } = await run([withCanary(0.1)]);
    expect(sent.length).toBeLessThan(20);
    expect(observations.map(proofOf)).toEqual(['consistent']);
    expect(observations[0]?.unproven).toEqual([
      expect.stringContaining("the canary's answer was not seen"),
    ]);
  });

  test('of which one deployment asks for an API key is asked as if both did', async () => {
    const api = apiOf({ 'GET /a': 'AWS_IAM' });
    const keyed = apiOf({ 'GET /a': { apiKeyRequired: true } });
    const [row, keyedRow] = [onlyRow(api), onlyRow(keyed)];
    for (const [first, second] of [
      [row, keyedRow],
      [keyedRow, row],
    ]) {
      const deployed = first?.stage?.deployed ?? UNREAD;
      const canary = {
        deploymentId: 'c',
        percentTraffic: 50,
        deployed: second?.stage?.deployed ?? UNREAD,
      };
      const mixed = { ...api, stages: read([stage({ deployed, canary })]) };
      const { observations, sent } = await run([mixed]);
      expect(sent.filter((line) => line.startsWith('signed'))).toEqual([]);
      expect(observations.map(proofOf)).toEqual(['consistent']);
    }
  });

  test('without traffic is like any other', async () => {
    const { observations, sent } = await run([withCanary(0)]);
    expect(sent).toHaveLength(10);
    expect(observations.map(proofOf)).toEqual(['proven']);
  });
});

describe('the time of the smoke test', () => {
  /** A clock that each request moves on, and what each was told of the time that is left. */
  function slow(answerMs: number): { parts: Partial<SmokeTest>; left: number[]; at: () => number } {
    let clock = 0;
    const left: number[] = [];
    return {
      left,
      at: () => clock,
      parts: {
        now: () => clock,
        prober: {
          send: async (_request, { kind }, _responses, withinMs) => {
            left.push(withinMs);
            if (withinMs <= 0) return { kind: 'out-of-time', status: null, detail: '' };
            clock += answerMs;
            return ANSWERS[kind];
          },
          destroy: () => {},
        },
        sleep: async (ms) => {
          clock += ms;
        },
      },
    };
  }

  const MANY = apiOf(
    Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`GET /m${at}`, 'AWS_IAM'])),
  );

  test('is what each request is told is left of it, and holds', async () => {
    const { parts, left, at } = slow(20);
    const { observations } = await run([MANY], { ...parts, timeoutMs: 3_000 });
    // The last answers have two seconds more.
    expect(left[0]).toBe(5_000);
    expect(Math.max(...left)).toBe(5_000);
    expect(at()).toBeLessThanOrEqual(5_100);
    expect(observations.map(proofOf)).toContain('proven');
    const late = observations.filter(isOutOfTime);
    expect(late.length).toBeGreaterThan(30);
    for (const it of late) expect(proofOf(it)).toBe('inconclusive');
  });

  test('begins when it is said to', async () => {
    const { parts, left } = slow(10);
    await run([apiOf({ 'GET /a': 'AWS_IAM' })], { ...parts, startMs: -3_000, timeoutMs: 5_000 });
    expect(left[0]).toBe(4_000);
  });

  test('of 0 waits for no change, and leaves time to ask', async () => {
    const { parts, left } = slow(10);
    const { observations } = await run([apiOf({ 'GET /a': 'AWS_IAM' })], {
      ...parts,
      timeoutMs: 0,
      isSettling: () => true,
    });
    expect(left[0]).toBeGreaterThan(30_000);
    expect(observations.map(proofOf)).toEqual(['proven']);
  });

  test('keeps some of it for the last questions once a change is waited for no longer', async () => {
    const { parts, at } = slow(1);
    const { observations } = await run([apiOf({ 'GET /a': 'AWS_IAM' })], {
      ...parts,
      timeoutMs: 8_000,
      isSettling: () => true,
      prober: {
        send: async (_request, { kind }, _responses, withinMs) => {
          if (withinMs <= 0) return { kind: 'out-of-time', status: null, detail: '' };
          return kind === 'unsigned'
            ? { kind: 'accepted', status: 200, detail: '' }
            : ANSWERS[kind];
        },
        destroy: () => {},
      },
    });
    expect(observations[0]?.unsigned).toMatchObject({ kind: 'accepted', settled: true });
    expect(at()).toBeLessThan(8_000);
  });
});

describe('an open default endpoint beside a custom domain name', () => {
  const DEFAULT = 'https://default.test/prod';
  const surroundings: SmokeTest['surroundings'] = {
    whereabouts: () => ({
      baseUrl: 'https://custom.test',
      defaultUrl: DEFAULT,
      leadsElsewhere: () => null,
    }),
    classifierOf: () => restClassifier(NO_GATEWAY_RESPONSES),
    notes: [],
  };
  const isDefault = ({ baseUrl }: ProbeRequest): boolean => baseUrl === DEFAULT;

  test('is asked unsigned, and what it answers is told', async () => {
    const { observations, sent } = await run([apiOf({ 'GET /a': 'AWS_IAM' })], { surroundings });
    expect(observations).toMatchObject([
      { atDefaultEndpoint: { kind: 'missing-token', sentAs: 'GET' } },
    ]);
    expect(observations[0]).not.toHaveProperty('verbs');
    expect(counted(sent.filter((line) => line.includes(DEFAULT)))).toEqual({
      [`unsigned GET ${DEFAULT}/a`]: 4,
    });
  });

  test('that cannot be reached is found out once', async () => {
    const gone: ProbeAnswer = { kind: 'unreachable', status: null, detail: 'ECONNREFUSED' };
    const { observations, sent } = await run(
      [apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' })],
      { surroundings },
      (request, kind) => (isDefault(request) ? gone : ANSWERS[kind]),
    );
    expect(observations.map((it) => it.atDefaultEndpoint?.kind)).toEqual([
      'unreachable',
      'unreachable',
    ]);
    expect(observations.map(proofOf)).toEqual(['proven', 'proven']);
    const paths = new Set(sent.filter((line) => line.includes(DEFAULT)));
    expect(paths.size).toBe(1);
  });

  test.each([0, 1] as const)(
    'that let in the very first request, after %d lost ones',
    async (lost) => {
      let asked = 0;
      const { observations } = await run(
        [apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' })],
        { surroundings },
        (request, kind) => {
          if (isDefault(request) || kind !== 'unsigned' || request.path !== '/a') {
            return ANSWERS[kind];
          }
          asked += 1;
          return asked <= lost ? LOST : asked === lost + 1 ? LET_IN : ANSWERS[kind];
        },
      );
      expect(observations.map((it) => [it.row.path, proofOf(it)])).toEqual([
        ['/a', 'refuted'],
        ['/b', 'proven'],
      ]);
    },
  );

  const letsInFirst = (isMeant: (request: ProbeRequest) => boolean) => {
    let asked = 0;
    return (request: ProbeRequest, kind: keyof typeof ANSWERS): ProbeAnswer => {
      if (kind !== 'unsigned' || !isMeant(request)) return ANSWERS[kind];
      asked += 1;
      return asked === 1 ? { kind: 'accepted', status: 200, detail: '' } : ANSWERS[kind];
    };
  };

  test('that let in its own very first request', async () => {
    const api = apiOf({ 'GET /a': 'AWS_IAM' });
    const { observations } = await run([api], { surroundings }, letsInFirst(isDefault));
    expect(observations.map(proofOf)).toEqual(['refuted']);
  });

  test('counts nothing of what came before a change was everywhere', async () => {
    const changing = { surroundings, isSettling: () => true };
    const isOwn = (request: ProbeRequest): boolean => !isDefault(request);
    const api = apiOf({ 'GET /a': 'AWS_IAM' });
    const { observations } = await run([api], changing, letsInFirst(isOwn));
    expect(observations.map(proofOf)).toEqual(['proven']);
  });

  test('that answers at times is asked for each method', async () => {
    let asked = 0;
    const { observations } = await run(
      [apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' })],
      { surroundings },
      (request, kind) => {
        if (!isDefault(request) || request.path !== '/a') return ANSWERS[kind];
        asked += 1;
        return asked === 2 ? LET_IN : LOST;
      },
    );
    // What the one answered once is no answer of the other.
    const b = observations.find(({ row }) => row.path === '/b');
    expect(b?.atDefaultEndpoint).toMatchObject({ kind: 'missing-token', settled: true });
  });

  test('tells of ANY the worst answer of its verbs', async () => {
    const { observations } = await run(
      [apiOf({ 'ANY /a': 'AWS_IAM' })],
      { surroundings, smokeMethods: ['GET', 'HEAD'] },
      (request, kind) => (isDefault(request) && request.method === 'HEAD' ? LET_IN : ANSWERS[kind]),
    );
    expect(observations).toMatchObject([
      {
        atDefaultEndpoint: { kind: 'accepted', sentAs: 'HEAD' },
        unsigned: { kind: 'missing-token' },
        verbs: [
          { atDefaultEndpoint: { kind: 'missing-token', sentAs: 'GET' } },
          { atDefaultEndpoint: { kind: 'accepted', sentAs: 'HEAD' } },
        ],
      },
    ]);
  });
});

describe('of ANY the worst answer counts', () => {
  const SET: Readonly<Record<Signature['kind'], ProbeAnswer>> = {
    unsigned: { kind: 'accepted', status: 200, detail: '' },
    tampered: { kind: 'accepted', status: 200, detail: '' },
    signed: { kind: 'denied', status: 403, detail: '' },
  };
  test.each(['unsigned', 'tampered', 'signed'] as const)('%s', async (wrong) => {
    for (const method of ['GET', 'HEAD']) {
      const { observations } = await run(
        [apiOf({ 'ANY /a': 'AWS_IAM' })],
        { smokeMethods: ['GET', 'HEAD'] },
        (request, kind) =>
          kind === wrong && request.method === method ? SET[kind] : ANSWERS[kind],
      );
      expect(observations[0]?.[wrong]).toMatchObject({ kind: SET[wrong].kind, sentAs: method });
    }
  });

  test('of a body, which HEAD and GET do not have, POST has one', async () => {
    const { requests } = await run([apiOf({ 'ANY /a': 'AWS_IAM' })], {
      smokeMethods: ['GET', 'HEAD', 'POST'],
      samples: [sampleOf({ body: 'x' })],
    });
    const bodies = new Map(requests.map(({ method, body }) => [method, body]));
    expect(Object.fromEntries(bodies)).toEqual({ GET: null, HEAD: null, POST: 'x' });
  });
});

describe('of ANY one verb that let a stranger in at times', () => {
  const OPEN: ProbeAnswer = { kind: 'accepted', status: 200, detail: '' };
  const LOST: ProbeAnswer = { kind: 'throttled', status: 429, detail: '' };

  test.each(['unsigned', 'tampered'] as const)(
    '(%s) counts before one that says nothing',
    async (which) => {
      let asked = 0;
      let clock = 0;
      const { observations } = await run(
        [apiOf({ 'ANY /a': 'AWS_IAM' })],
        {
          smokeMethods: ['GET', 'HEAD'],
          now: () => clock,
          sleep: async (ms) => {
            clock += ms + 1;
          },
        },
        ({ method }, kind) => {
          if (kind !== which) return ANSWERS[kind];
          if (method === 'HEAD') return LOST;
          asked += 1;
          return asked % 2 === 0 ? OPEN : ANSWERS[kind];
        },
      );
      expect(observations[0]?.[which]).toMatchObject({ sentAs: 'GET', settled: false });
      expect(observations[0]?.[which]?.seen.has('accepted')).toBe(true);
    },
  );
});
