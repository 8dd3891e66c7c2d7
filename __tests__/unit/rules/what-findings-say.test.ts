import { describe, expect, test } from '@jest/globals';
import type { ApiEvidence, DeployedMethod, Unreadable } from '../../../src/model/evidence.js';
import type { AnswerKind } from '../../../src/probe/answer.js';
import { type Observation, unasked } from '../../../src/probe/observation.js';
import { NO_SAMPLE } from '../../../src/probe/sample.js';
import type { Finding } from '../../../src/report/report.js';
import { judge } from '../../../src/rules/judge.js';
import { nameMethods } from '../../../src/rules/name-methods.js';
import { explain, inSentence, inWords } from '../../../src/rules/observed.js';
import {
  api,
  apiOf,
  audit,
  configured,
  deployed,
  evidenceOf,
  observation,
  onlyRow,
  read,
  rowsOf,
  settled,
  stage,
  stageWithCanary,
  UNREAD,
  unsettled,
} from '../evidence-builder.js';

/* What findings tell beyond their rule: which methods, how many, of which stage, and what to do. */

const DENIED: Unreadable = {
  readable: false,
  call: 'GetExport',
  reason: 'was denied',
  remedy: 'Allow it.',
};

function only(findings: readonly Finding[]): Finding {
  const [first, ...others] = findings;
  if (first === undefined || others.length > 0) throw new Error(`${findings.length} findings`);
  return first;
}

function judged(observations: readonly Observation[], rule: string): Finding[] {
  const rows = observations.map(({ row }) => row);
  const evidence = evidenceOf(...new Set(rows.map((row) => row.api)));
  return judge({ evidence, rows, observations }).filter((it) => it.rule === rule);
}

const methods = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `GET /m${index}`);

/** An API with as many methods, and an observation of each. */
function observed(count: number, parts: Partial<Observation>): Observation[] {
  const layer = Object.fromEntries(methods(count).map((name) => [name, 'AWS_IAM']));
  return rowsOf(apiOf(layer)).map((row) => observation(row, parts));
}

describe('methods in a sentence', () => {
  test.each([
    [1, 'GET /m0'],
    [5, 'GET /m0, GET /m1, GET /m2, GET /m3, GET /m4'],
    [6, 'GET /m0, GET /m1, GET /m2, GET /m3, GET /m4 and 1 more'],
    [9, 'GET /m0, GET /m1, GET /m2, GET /m3, GET /m4 and 4 more'],
  ])('%s of them', (count, words) => {
    const rows = observed(count, {}).map(({ row }) => row);
    expect(nameMethods(rows)).toBe(words);
    // A method of two stages is one.
    expect(nameMethods([...rows, ...rows])).toBe(words);
  });
});

describe('what could not be read', () => {
  test('of an API is said once for each reason', () => {
    const other = { ...UNREAD, call: 'GetStages', reason: 'was denied', remedy: 'Allow it.' };
    const { findings } = audit(
      evidenceOf(api({ description: UNREAD, configured: UNREAD, stages: other })),
    );
    expect(only(findings)).toMatchObject({
      rule: 'unreadable',
      api: 'a1b2c3',
      stage: null,
      message:
        'Could not read its description and its configured methods: GetResources failed after 3 attempts. Could not read its stages: GetStages was denied.',
      fix: 'Run the job again. Allow it.',
    });
    const alike = audit(
      evidenceOf(api({ description: UNREAD, configured: UNREAD, stages: UNREAD })),
    );
    expect(only(alike.findings)).toMatchObject({
      message:
        'Could not read its description, its configured methods and its stages: GetResources failed after 3 attempts.',
      fix: 'Run the job again.',
    });
  });

  test('of a stage and its canary is said of the stage', () => {
    const of = api({
      configured: read(configured({ 'GET /a': 'AWS_IAM' })),
      stages: read([{ ...stageWithCanary({}, UNREAD), deployed: UNREAD }]),
    });
    expect(only(audit(evidenceOf(of)).findings)).toMatchObject({
      stage: 'prod',
      message:
        "Could not read the snapshot of the stage and the snapshot of the stage's canary: GetResources failed after 3 attempts.",
    });
  });

  test.each<[ApiEvidence[], string]>([
    [[], 'Nothing was judged: there is no API of the kinds that are audited in the region.'],
    [[api()], 'Nothing was judged: no API has a method or route configured or deployed.'],
  ])('is all where nothing was judged', (apis, message) => {
    expect(only(audit(evidenceOf(...apis)).findings)).toMatchObject({
      rule: 'unreadable',
      message,
    });
  });

  test('of the region is said beside what was judged', () => {
    const evidence = { apis: [apiOf({ 'GET /a': 'AWS_IAM' })], listing: DENIED };
    expect(only(audit(evidence).findings)).toMatchObject({
      api: null,
      message: "The list of the region's APIs could not be read: GetExport was denied.",
      fix: 'Allow it.',
    });
    expect(only(audit({ apis: [], listing: DENIED }).findings).fix).toBe('Allow it.');
  });

  function unread(names: readonly string[], parts: Partial<DeployedMethod>): ApiEvidence {
    const served = Object.fromEntries(names.map((name) => [name, { ...parts, unread: DENIED }]));
    return api({
      configured: read(configured({ 'GET /a': 'AWS_IAM' })),
      stages: read([stage({ deployed: read(deployed({ 'GET /a': 'AWS_IAM', ...served })) })]),
    });
  }

  const OPTIONS: Partial<DeployedMethod> = { authorizationType: 'NONE', preflight: 'unknown' };
  const MISSING: Partial<DeployedMethod> = { authorizationType: 'unreadable' };

  test.each<[what: string, of: ApiEvidence, message: string]>([
    [
      'one OPTIONS method',
      unread(['OPTIONS /a'], OPTIONS),
      'Whether OPTIONS /a is a preflight in what the stage serves is not known. GetExport was denied.',
    ],
    [
      'two OPTIONS methods',
      unread(['OPTIONS /a', 'OPTIONS /b'], OPTIONS),
      'Whether OPTIONS /a and OPTIONS /b are preflights in what the stage serves is not known. GetExport was denied.',
    ],
    [
      'five methods',
      unread(['PUT /1', 'PUT /2', 'PUT /3', 'PUT /4', 'PUT /5'], MISSING),
      "How the stage serves PUT /1, PUT /2, PUT /3, PUT /4 and PUT /5, and whether it does, is not known: the snapshot's summary does not say. GetExport was denied.",
    ],
    [
      'seven methods',
      unread(['PUT /1', 'PUT /2', 'PUT /3', 'PUT /4', 'PUT /5', 'PUT /6', 'PUT /7'], MISSING),
      "How the stage serves PUT /1, PUT /2, PUT /3, PUT /4, PUT /5 and 2 more, and whether it does, is not known: the snapshot's summary does not say. GetExport was denied.",
    ],
  ])('of what is served: %s', (_, of, message) => {
    const { findings, verdict } = audit(evidenceOf(of));
    expect(verdict).toBe('incomplete');
    expect(findings.filter(({ rule }) => rule === 'unreadable')).toMatchObject([
      { message, fix: 'Allow it.', stage: 'prod', method: null, path: null },
    ]);
  });

  test('for two reasons is two findings, each with methods of its own', () => {
    const lost = { ...DENIED, reason: 'failed' };
    const served = {
      'PUT /a': { ...MISSING, unread: DENIED },
      'PUT /b': { ...MISSING, unread: lost },
      'PUT /c': { ...MISSING, unread: DENIED },
    };
    const of = api({ stages: read([stage({ deployed: read(deployed(served)) })]) });
    const found = audit(evidenceOf(of)).findings;
    expect(found.map(({ message }) => message.split(',')[0])).toEqual([
      'How the stage serves PUT /a and PUT /c',
      'How the stage serves PUT /b',
    ]);
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });

  test("of a canary is told apart from its stage's own", () => {
    const served = deployed({ 'PUT /a': { ...MISSING, unread: DENIED } });
    const of = api({
      stages: read([{ ...stageWithCanary({}, read(served)), deployed: read(served) }]),
    });
    const found = audit(evidenceOf(of)).findings;
    expect(found.map(({ message }) => message.split(',')[0])).toEqual([
      'How the stage serves PUT /a',
      "How the stage's canary serves PUT /a",
    ]);
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });

  test('of a method names the calls that did not tell', () => {
    const bare = { authorizationType: 'unreadable' };
    const main = { 'GET /a': bare };
    const of = {
      ...apiOf(main),
      stages: read([stageWithCanary(main, read(deployed(main)))]),
    };
    expect(only(audit(evidenceOf(of)).findings)).toMatchObject({
      method: 'GET',
      path: '/a',
      message:
        "AWS returned no authorization type for the method (GetResources, GetDeployment, GetDeployment of the canary's snapshot).",
    });
  });

  test.each(['deployed', 'canary'] as const)(
    'of an OPTIONS method that is %s and unread',
    (layer) => {
      const silent = { 'OPTIONS /a': OPTIONS };
      const fine = { 'OPTIONS /a': 'AWS_IAM' };
      const of = api({
        stages: read([
          layer === 'deployed'
            ? stage({ deployed: read(deployed(silent)) })
            : stageWithCanary(fine, read(deployed(silent))),
        ]),
      });
      const { findings } = audit(evidenceOf(of));
      expect(findings.filter(({ rule }) => rule === 'unreadable')).toMatchObject([
        {
          stage: 'prod',
          method: 'OPTIONS',
          message: 'It is not known whether the OPTIONS method that is served is a preflight.',
        },
      ]);
    },
  );
});

describe('a probe that proved nothing', () => {
  test('names who was answered how, and what to do about each', () => {
    const [first] = observed(1, {
      unsigned: settled('throttled', { status: 429 }),
      tampered: settled('unreachable'),
      signed: unsettled('accepted', 'unreachable', 'accepted', 'throttled'),
    });
    if (first === undefined) throw new Error('no method');
    expect(only(judged([first], 'probe-inconclusive'))).toMatchObject({
      method: 'GET',
      path: '/m0',
      message:
        'The unsigned request proved nothing: it was throttled (status 429). The tampered request proved nothing: no answer came. The signed request proved nothing: its answers did not settle (accepted 2×, unreachable 1×, throttled 1×).',
    });
    const { fix } = only(judged([first], 'probe-inconclusive'));
    expect(fix.match(/throttling limits/g)).toHaveLength(1);
    expect(fix).toContain('HTTPS_PROXY');
  });

  test.each<[AnswerKind, boolean, boolean]>([
    ['unreachable', true, true],
    ['name-not-resolved', true, true],
    ['forbidden', true, true],
    ['throttled', true, false],
    ['not-api-gateway', true, false],
    ['unreachable', false, false],
    ['forbidden', false, false],
  ])('for %s, of an API that is private: %s', (kind, isPrivate, isToldOfVpc) => {
    const of = apiOf({ 'GET /a': 'AWS_IAM' });
    if (!of.description.readable) throw new Error('no description');
    const endpointTypes = [isPrivate ? 'PRIVATE' : 'REGIONAL'];
    const row = onlyRow({
      ...of,
      description: read({ ...of.description.value, endpointTypes }),
    });
    const { fix } = only(
      judged([observation(row, { unsigned: settled(kind) })], 'probe-inconclusive'),
    );
    expect(fix.includes('self-hosted runner')).toBe(isToldOfVpc);
  });

  test.each([
    [5, 'GET /m0, GET /m1, GET /m2, GET /m3, GET /m4.'],
    [7, 'GET /m0, GET /m1, GET /m2, GET /m3, GET /m4 and 2 more.'],
  ])('for want of time says so once a stage, of %s methods', (count, names) => {
    const late = observed(count, { signed: settled('out-of-time', { status: null }) });
    const about = only(judged(late.toReversed(), 'probe-inconclusive'));
    expect(about).toMatchObject({ api: 'a1b2c3', stage: 'prod', method: null, path: null });
    expect(about.message).toContain(`asked all that they are asked: ${names}`);
  });

  test('for want of an address says so once a stage', () => {
    const rows = observed(3, {}).map(({ row }) => row);
    const asked = rows.map((row) => unasked(row, 'eu-west-1', 'it has no address', 'Give it one.'));
    expect(only(judged(asked, 'probe-inconclusive'))).toMatchObject({
      stage: 'prod',
      method: null,
      path: null,
      message: 'The stage was not asked: it has no address.',
      fix: 'Give it one.',
    });
    // A reason that concerns the method alone, such as a parameter, is no finding.
    const skipped = rows.map((row) => unasked(row, 'eu-west-1', 'it takes a parameter'));
    expect(judged(skipped, 'probe-inconclusive')).toEqual([]);
  });

  test('for want of any whole proof names the gaps, each once, in order', () => {
    const asked = observed(3, { signed: null, unproven: ['b', 'a'] });
    expect(only(judged(asked, 'probe-inconclusive'))).toMatchObject({
      stage: 'prod',
      method: null,
      path: null,
      message: expect.stringContaining('proven: 3 refused what they must refuse'),
      fix: 'For a proof of one method at least: a; or b.',
    });
    const many = observed(3, { signed: null, unproven: ['f', 'e', 'd', 'c', 'b', 'a'] });
    expect(only(judged(many, 'probe-inconclusive')).fix).toContain(': a; or b; or c; or d; or e.');
    // One method that is proven proves its stage.
    const [first, ...others] = asked;
    if (first === undefined) throw new Error('no method');
    const proven = { ...first, signed: settled('accepted'), unproven: [] };
    expect(judged([proven, ...others], 'probe-inconclusive')).toEqual([]);
  });
});

describe('a signed request that was not served', () => {
  test.each<[number[], string]>([
    [[], 'reached the integration, which answered 404 instead of a status from 200 to 299.'],
    [[201, 204], 'reached the integration, which answered 404 instead of 201, 204.'],
  ])('is held against %s', (expectedStatuses, message) => {
    const [first] = observed(1, {
      signed: settled('backend-error'),
      sample: { ...NO_SAMPLE, expectedStatuses },
    });
    if (first === undefined) throw new Error('no method');
    expect(only(judged([first], 'unexpected-status')).message).toBe(
      `A signed GET request ${message}`,
    );
  });

  test('for what it lacks tells what the endpoint said', () => {
    const say = (detail: string): string => {
      const signed = settled('invalid-request', { status: 400, detail });
      return only(judged(observed(1, { signed }), 'unexpected-status')).message;
    };
    expect(say('')).toMatch(/400 instead of a status from 200 to 299\.$/);
    expect(say('no id')).toMatch(/400 instead of a status from 200 to 299 \(no id\)\.$/);
  });
});

describe('a request with a wrong signature that was let in', () => {
  const fixOf = (parts: Partial<Observation>): string =>
    only(judged(observed(1, { tampered: settled('accepted'), ...parts }), 'tampered-accepted')).fix;
  const LETS_ALL_IN = 'It lets in whoever asks, signed or not';

  test('where an unsigned one is, too, has the same cause', () => {
    expect(fixOf({ unsigned: settled('accepted') })).toContain(LETS_ALL_IN);
  });

  test('where an unsigned one is refused, or was not sent, may be signed again on the way', () => {
    expect(fixOf({ unsigned: settled('missing-token') })).not.toContain(LETS_ALL_IN);
    expect(fixOf({ unsigned: null })).not.toContain(LETS_ALL_IN);
  });
});

describe('a default endpoint beside a custom domain name', () => {
  test.each<[AnswerKind, number]>([
    ['missing-token', 1],
    ['accepted', 1],
    ['backend-error', 1],
    ['forbidden', 0],
    ['unreachable', 0],
    ['throttled', 0],
  ])('that answers %s', (kind, count) => {
    const asked = observed(3, { atDefaultEndpoint: settled(kind) });
    expect(judged(asked, 'default-endpoint-open')).toHaveLength(count);
  });

  test('with one of several verbs alone, is one all the same', () => {
    const answers = {
      unsigned: settled('missing-token'),
      tampered: null,
      signed: settled('accepted'),
    };
    const verbs = (['forbidden', 'accepted', 'forbidden'] as const).map((kind) => ({
      ...answers,
      atDefaultEndpoint: settled(kind),
    }));
    const asked = observed(1, { atDefaultEndpoint: settled('forbidden'), verbs });
    expect(judged(asked, 'default-endpoint-open')).toHaveLength(1);
    const closed = verbs.map((it) => ({ ...it, atDefaultEndpoint: settled('forbidden') }));
    expect(judged(observed(1, { verbs: closed }), 'default-endpoint-open')).toEqual([]);
    const unasked = verbs.map((it) => ({ ...it, atDefaultEndpoint: null }));
    expect(judged(observed(1, { verbs: unasked }), 'default-endpoint-open')).toEqual([]);
  });

  test('is a finding a stage, and about no method', () => {
    const of = apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' });
    const layer = read(deployed({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' }));
    const both = {
      ...of,
      stages: read([stage({ deployed: layer }), stage({ name: 'test', deployed: layer })]),
    };
    const asked = rowsOf(both).map((row) =>
      observation(row, { atDefaultEndpoint: settled('accepted') }),
    );
    expect(judged(asked, 'default-endpoint-open')).toMatchObject([
      { stage: 'prod', method: null, path: null },
      { stage: 'test', method: null, path: null },
    ]);
  });
});

describe('an answer in words', () => {
  test.each<[Parameters<typeof settled>, string]>([
    [['throttled', { status: 429, detail: '' }], 'it was throttled (status 429)'],
    [['throttled', { status: 429, detail: 'Rate' }], 'it was throttled (status 429: Rate)'],
    [['unreachable', { detail: 'ECONNRESET' }], 'no answer came (ECONNRESET)'],
    [['unreachable', {}], 'no answer came'],
    [
      ['tls-failure', { detail: 'CERT_HAS_EXPIRED' }],
      'the certificate is not valid today (CERT_HAS_EXPIRED)',
    ],
    [
      ['tls-failure', { detail: 'ERR_TLS_CERT_ALTNAME_INVALID' }],
      'the certificate is for another name (ERR_TLS_CERT_ALTNAME_INVALID)',
    ],
    [
      ['tls-failure', { detail: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
      'nobody whom the runner trusts has signed the certificate (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
    [['tls-failure', { detail: 'EPROTO' }], 'no trusted TLS connection could be made (EPROTO)'],
  ])('%j', (parts, words) => {
    expect(inWords(settled(...parts))).toBe(words);
  });

  test.each<[Parameters<typeof settled>, string]>([
    [['accepted'], 'was served (GET, status 200)'],
    [['accepted', { status: null }], 'was served (GET, status none)'],
    [['redirected'], 'reached the backend, which redirected it (GET, status 302)'],
    // Let in once, refused at last: the status is the last answer's, and not told.
    [
      [
        'missing-token',
        {
          settled: false,
          seen: new Map<AnswerKind, number>([
            ['missing-token', 1],
            ['accepted', 1],
          ]),
        },
      ],
      'at times was served (GET)',
    ],
    [['missing-token'], 'was not refused (GET)'],
  ])('that must have been a refusal: %j', (parts, words) => {
    expect(inSentence(settled(...parts))).toBe(words);
  });

  test('that is a denial comes with the least that helps', () => {
    const [first] = observed(1, {});
    if (first === undefined) throw new Error('no method');
    expect(explain(settled('denied', { sentAs: 'POST' }), first).remedy).toContain(
      '{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:eu-west-1:*:a1b2c3/prod/POST/m0"}',
    );
    const said = (detail: string): string => explain(settled('denied', { detail }), first).remedy;
    expect(said('with an EXPLICIT DENY in an identity-based policy')).toContain(
      'An explicit deny in a policy shuts',
    );
    expect(said('with an explicit deny in a Resource-Based policy')).toContain(
      "An explicit deny in the API's resource policy shuts",
    );
    expect(said('because no resource-based policy allows it')).toMatch(
      /"Allow".*the API's resource policy must allow it too.*deploy the API/,
    );
    expect(said('because no identity-based policy allows it')).not.toContain('resource policy');
    for (const policy of ['permissions boundary', 'session policy', 'service control policy']) {
      const remedy = said(`because no ${policy} allows the execute-api:Invoke action`);
      expect(remedy).toContain(`Have the ${policy} of this role allow the action too`);
      expect(remedy).not.toContain('"Allow"');
    }
  });
});

describe('layers that differ', () => {
  const said = (...given: Parameters<typeof apiOf>): string[] =>
    audit(evidenceOf(apiOf(...given))).findings.map(({ message }) => message);

  test('say which has the method', () => {
    expect(said({ 'GET /a': 'AWS_IAM' }, {})).toEqual([
      'The method is configured and not deployed yet.',
    ]);
    expect(said({}, { 'GET /a': 'AWS_IAM' })).toEqual([
      'The method is deployed and no longer configured.',
    ]);
  });

  test('without a stage are none', () => {
    const of = { ...apiOf({ 'GET /a': 'AWS_IAM' }), stages: read([]) };
    expect(audit(evidenceOf(of)).findings).toEqual([]);
    const open = { ...apiOf({ 'GET /a': 'unreadable' }), stages: read([]) };
    expect(audit(evidenceOf(open)).findings.map(({ message }) => message)).toEqual([
      'AWS returned no authorization type for the method (GetResources).',
    ]);
  });
});

describe('stages that no answer proved', () => {
  test('are a finding each', () => {
    const layer = read(deployed({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' }));
    const of = {
      ...apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' }),
      stages: read([stage({ deployed: layer }), stage({ name: 'test', deployed: layer })]),
    };
    const rows = [...rowsOf(of), ...rowsOf({ ...of, id: 'other' })];
    const asked = rows.map((row) => observation(row, { signed: null, unproven: ['a'] }));
    const places = judged(asked, 'probe-inconclusive').map((it) => `${it.api} ${it.stage}`);
    expect(places.toSorted()).toEqual(['a1b2c3 prod', 'a1b2c3 test', 'other prod', 'other test']);
    // What one stage proves says nothing of another.
    const [first, ...others] = asked;
    if (first === undefined) throw new Error('no method');
    const proven = { ...first, signed: settled('accepted'), unproven: [] };
    expect(judged([proven, ...others], 'probe-inconclusive')).toHaveLength(3);
  });
});

describe('what serves an open method that is configured', () => {
  const said = (...stages: readonly Parameters<typeof stage>[0][]): string[] => {
    const of = { ...apiOf({ 'GET /a': 'NONE' }), stages: read(stages.map((it) => stage(it))) };
    return audit(evidenceOf(of)).findings.flatMap(({ rule, message }) =>
      rule === 'configured-not-iam' ? [message] : [],
    );
  };
  const byItself = {
    deployment: {
      autoDeploy: true,
      deploymentStatus: null,
      lastDeploymentStatusMessage: null,
      isManaged: false,
    },
  };
  const AT_ONCE = expect.stringContaining('stages that deploy by themselves serve it so');
  const NEXT = expect.stringContaining('the next deployment serves it so');

  test('is the next deployment, unless every stage deploys by itself', () => {
    expect(said()).toEqual([NEXT]);
    expect(new Set(said({}))).toEqual(new Set([NEXT]));
    expect(said(byItself)).toEqual([AT_ONCE]);
    expect(said(byItself, { name: 'test' })).not.toContainEqual(AT_ONCE);
  });
});

describe('what a file as a whole cannot become', () => {
  test('is a finding for each reason', () => {
    const place = { file: 'template.yaml', line: 3, column: 1 };
    const files = [
      {
        file: 'template.yaml',
        language: 'sam' as const,
        outcome: 'read' as const,
        problem: null,
        place,
        unresolved: [],
        undeployable: [
          { reason: 'SAM refuses one thing', place },
          { reason: 'SAM refuses another', place },
        ],
      },
    ];
    const { findings } = audit({ ...evidenceOf(), files });
    const found = findings.filter(({ rule }) => rule === 'declared-undeployable');
    expect(found.map(({ message }) => message)).toEqual([
      'template.yaml:3 cannot be deployed: SAM refuses another.',
      'template.yaml:3 cannot be deployed: SAM refuses one thing.',
    ]);
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });
});
