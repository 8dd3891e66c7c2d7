import { describe, expect, test } from '@jest/globals';
import type { ApiEvidence, DeployedMethod } from '../../../src/model/evidence.js';
import { RULES, ruleOf } from '../../../src/rules/index.js';
import {
  api,
  apiOf,
  audit,
  configured,
  deployed,
  evidenceOf,
  PREFLIGHT,
  read,
  rulesOf,
  stage,
  stageWithCanary,
  UNREAD,
} from '../evidence-builder.js';

/** What was listed without details: `"GET": {}`. */
/** OPTIONS methods as stages serve them, told by an export. */
const OPEN_BACKEND: Partial<DeployedMethod> = { authorizationType: 'NONE', preflight: 'no' };
const SERVED_PREFLIGHT: Partial<DeployedMethod> = { authorizationType: 'NONE', preflight: 'yes' };

const BARE = { authorizationType: 'unreadable', integrationType: null };

const CASES: readonly [what: string, api: ApiEvidence, rules: string[], verdict: string][] = [
  ['IAM everywhere', apiOf({ 'GET /a': 'AWS_IAM' }), [], 'pass'],
  [
    'open everywhere',
    apiOf({ 'GET /a': 'NONE' }),
    ['deployed-not-iam', 'configured-not-iam'],
    'fail',
  ],
  [
    'fixed but not deployed',
    apiOf({ 'GET /a': 'AWS_IAM' }, { 'GET /a': 'NONE' }),
    ['deployed-not-iam'],
    'fail',
  ],
  [
    'opened but not deployed',
    apiOf({ 'GET /a': 'NONE' }, { 'GET /a': 'AWS_IAM' }),
    ['configured-not-iam'],
    'fail',
  ],
  ['configured no more and open', apiOf({}, { 'GET /a': 'NONE' }), ['deployed-not-iam'], 'fail'],
  ['configured no more', apiOf({}, { 'GET /a': 'AWS_IAM' }), ['undeployed-change'], 'pass'],
  ['not deployed yet', apiOf({ 'GET /a': 'AWS_IAM' }, {}), ['undeployed-change'], 'pass'],
  ['not deployed yet and open', apiOf({ 'GET /a': 'NONE' }, {}), ['configured-not-iam'], 'fail'],
  [
    'an authorizer',
    apiOf({ 'GET /a': 'CUSTOM' }),
    ['deployed-not-iam', 'configured-not-iam'],
    'fail',
  ],
  [
    'a user pool',
    apiOf({ 'GET /a': 'COGNITO_USER_POOLS' }),
    ['deployed-not-iam', 'configured-not-iam'],
    'fail',
  ],
  [
    'a type that nobody knows',
    apiOf({ 'GET /a': 'AWS_IAM_V2' }),
    ['deployed-not-iam', 'configured-not-iam'],
    'fail',
  ],
  [
    'the type in other letters',
    apiOf({ 'GET /a': 'aws_iam' }),
    ['deployed-not-iam', 'configured-not-iam'],
    'fail',
  ],
  [
    'an API key, which is no authentication',
    apiOf({ 'GET /a': { authorizationType: 'NONE', apiKeyRequired: true } }),
    ['deployed-not-iam', 'configured-not-iam'],
    'fail',
  ],
  [
    'ANY, which covers OPTIONS and is no preflight',
    apiOf({ 'ANY /a': PREFLIGHT }),
    ['deployed-not-iam', 'configured-not-iam'],
    'fail',
  ],
  ['ANY with IAM', apiOf({ 'ANY /{proxy+}': 'AWS_IAM' }), [], 'pass'],

  ['a preflight', apiOf({ 'OPTIONS /a': PREFLIGHT }), [], 'pass'],
  [
    'a preflight that is not deployed yet',
    apiOf({ 'OPTIONS /a': PREFLIGHT }, {}),
    ['undeployed-change'],
    'pass',
  ],
  [
    'OPTIONS by MOCK without CORS',
    apiOf({ 'OPTIONS /a': { ...PREFLIGHT, answersCors: false } }),
    ['deployed-not-iam', 'configured-not-iam'],
    'fail',
  ],
  [
    'OPTIONS with a backend',
    apiOf({ 'OPTIONS /a': { ...PREFLIGHT, integrationType: 'HTTP_PROXY' } }),
    ['deployed-not-iam', 'preflight-has-backend'],
    'fail',
  ],
  [
    'OPTIONS without an integration',
    apiOf({ 'OPTIONS /a': { ...PREFLIGHT, integrationType: null } }, {}),
    ['preflight-has-backend'],
    'fail',
  ],
  [
    'OPTIONS with a backend and IAM',
    apiOf({ 'OPTIONS /a': { integrationType: 'AWS_PROXY' } }),
    [],
    'pass',
  ],
  [
    'OPTIONS that is no longer configured and reaches a backend',
    apiOf({}, { 'OPTIONS /a': OPEN_BACKEND }),
    ['deployed-not-iam'],
    'fail',
  ],
  [
    'a preflight that is served and no longer configured',
    apiOf({}, { 'OPTIONS /a': SERVED_PREFLIGHT }),
    ['undeployed-change'],
    'pass',
  ],
  [
    'a preflight by configuration that reaches a backend where it is served',
    apiOf({ 'OPTIONS /a': PREFLIGHT }, { 'OPTIONS /a': OPEN_BACKEND }),
    ['deployed-not-iam'],
    'fail',
  ],
  [
    'a preflight where it is served that is configured with a backend',
    apiOf(
      { 'OPTIONS /a': { ...PREFLIGHT, integrationType: 'AWS_PROXY' } },
      { 'OPTIONS /a': SERVED_PREFLIGHT },
    ),
    ['preflight-has-backend'],
    'fail',
  ],
  [
    'a preflight by configuration of which no export told',
    apiOf({ 'OPTIONS /a': PREFLIGHT }, { 'OPTIONS /a': 'NONE' }),
    ['unreadable'],
    'incomplete',
  ],
  [
    'a preflight by configuration that reaches a backend in the canary',
    api({
      configured: read(configured({ 'OPTIONS /a': PREFLIGHT })),
      stages: read([
        stageWithCanary(
          { 'OPTIONS /a': SERVED_PREFLIGHT },
          read(deployed({ 'OPTIONS /a': OPEN_BACKEND })),
        ),
      ]),
    }),
    ['canary-not-iam'],
    'fail',
  ],
  [
    'a preflight by configuration of which nobody can tell what it is in the canary',
    api({
      configured: read(configured({ 'OPTIONS /a': PREFLIGHT })),
      stages: read([
        stageWithCanary(
          { 'OPTIONS /a': SERVED_PREFLIGHT },
          read(deployed({ 'OPTIONS /a': { authorizationType: 'NONE', unread: UNREAD } })),
        ),
      ]),
    }),
    ['unreadable'],
    'incomplete',
  ],
  [
    'a preflight that is not deployed yet, where the canary reaches a backend',
    api({
      configured: read(configured({ 'OPTIONS /a': PREFLIGHT })),
      stages: read([stageWithCanary({}, read(deployed({ 'OPTIONS /a': OPEN_BACKEND })))]),
    }),
    ['canary-not-iam', 'undeployed-change'],
    'fail',
  ],
  [
    'a method that may be served although the summary does not name it',
    apiOf(
      { 'GET /a': 'AWS_IAM', 'POST /a': 'AWS_IAM' },
      { 'GET /a': 'AWS_IAM', 'POST /a': { authorizationType: 'unreadable', unread: UNREAD } },
    ),
    ['unreadable'],
    'incomplete',
  ],
  [
    'OPTIONS that reaches a backend, whatever is configured',
    { ...apiOf({}, { 'OPTIONS /a': OPEN_BACKEND }), configured: UNREAD },
    ['deployed-not-iam', 'unreadable'],
    'fail',
  ],
  [
    'a preflight where what is configured was not read',
    { ...apiOf({}, { 'OPTIONS /a': SERVED_PREFLIGHT }), configured: UNREAD },
    ['unreadable'],
    'incomplete',
  ],
  [
    'a preflight that was listed without details: nobody knows',
    apiOf({ 'OPTIONS /a': BARE }, { 'OPTIONS /a': 'NONE' }),
    ['unreadable'],
    'incomplete',
  ],

  [
    'a method that was listed without details',
    apiOf({ 'GET /a': BARE }, { 'GET /a': 'AWS_IAM' }),
    ['unreadable'],
    'incomplete',
  ],
  [
    'a snapshot that tells no type',
    apiOf({ 'GET /a': 'AWS_IAM' }, { 'GET /a': 'unreadable' }),
    ['unreadable'],
    'incomplete',
  ],
  [
    'a preflight whose snapshot tells no type',
    apiOf({ 'OPTIONS /a': PREFLIGHT }, { 'OPTIONS /a': 'unreadable' }),
    ['unreadable'],
    'incomplete',
  ],
  [
    'no configuration and an open snapshot',
    { ...apiOf({}, { 'GET /a': 'NONE' }), configured: UNREAD },
    ['deployed-not-iam', 'unreadable'],
    'fail',
  ],
  [
    'no configuration and a good snapshot',
    { ...apiOf({}, { 'GET /a': 'AWS_IAM' }), configured: UNREAD },
    ['unreadable'],
    'incomplete',
  ],
  [
    'no snapshot',
    api({
      configured: read(configured({ 'GET /a': 'AWS_IAM' })),
      stages: read([stage({ deployed: UNREAD })]),
    }),
    ['unreadable'],
    'incomplete',
  ],
  [
    'no stages',
    api({ configured: read(configured({ 'GET /a': 'AWS_IAM' })), stages: UNREAD }),
    ['unreadable'],
    'incomplete',
  ],
  [
    'nothing at all',
    api({ description: UNREAD, configured: UNREAD, stages: UNREAD }),
    ['unreadable'],
    'incomplete',
  ],
  ['no description', { ...apiOf({}), description: UNREAD }, ['unreadable'], 'incomplete'],
  [
    'an API without stages',
    api({ configured: read(configured({ 'GET /a': 'AWS_IAM' })) }),
    [],
    'pass',
  ],
  [
    'an open API without stages',
    api({ configured: read(configured({ 'GET /a': 'NONE' })) }),
    ['configured-not-iam'],
    'fail',
  ],

  ['an open canary', withCanary({ 'GET /a': 'NONE' }), ['canary-not-iam'], 'fail'],
  [
    'a canary with an open method that is nowhere else',
    withCanary({ 'GET /a': 'AWS_IAM', 'POST /b': 'NONE' }),
    ['canary-not-iam'],
    'fail',
  ],
  ['a good canary', withCanary({ 'GET /a': 'AWS_IAM' }), [], 'pass'],
  [
    'a canary that tells no type',
    withCanary({ 'GET /a': 'unreadable' }),
    ['unreadable'],
    'incomplete',
  ],
  [
    'a canary that was not read',
    api({
      configured: read(configured({ 'GET /a': 'AWS_IAM' })),
      stages: read([stageWithCanary({ 'GET /a': 'AWS_IAM' }, UNREAD)]),
    }),
    ['unreadable'],
    'incomplete',
  ],
];

function withCanary(canary: Parameters<typeof deployed>[0]): ApiEvidence {
  return api({
    configured: read(configured({ 'GET /a': 'AWS_IAM' })),
    stages: read([stageWithCanary({ 'GET /a': 'AWS_IAM' }, read(deployed(canary)))]),
  });
}

test.each(CASES)('%s', (_what, subject, rules, verdict) => {
  const result = audit(evidenceOf(subject));
  expect(rulesOf(result.findings)).toEqual(rules);
  expect(result.verdict).toBe(verdict);
});

test('a listing that was not read is never a pass', () => {
  const { findings, verdict } = audit({ apis: [apiOf({ 'GET /a': 'AWS_IAM' })], listing: UNREAD });
  expect(findings).toMatchObject([
    { rule: 'unreadable', api: null, message: expect.stringContaining(UNREAD.reason) },
  ]);
  expect(verdict).toBe('incomplete');
});

describe('words', () => {
  function wordsOf(subject: ApiEvidence, rule: string): { message: string; fix: string } {
    const found = audit(evidenceOf(subject)).findings.find((finding) => finding.rule === rule);
    return found ?? { message: '', fix: '' };
  }

  test('say fixed but not deployed, and that a deployment is all it takes', () => {
    const { message, fix } = wordsOf(
      apiOf({ 'GET /a': 'AWS_IAM' }, { 'GET /a': 'NONE' }),
      'deployed-not-iam',
    );
    expect(message).toContain('fixed but not deployed');
    expect(fix).toMatch(/^Deploy the API/);
  });

  test('say no longer configured', () => {
    const { message } = wordsOf(apiOf({}, { 'GET /a': 'NONE' }), 'deployed-not-iam');
    expect(message).toContain('no longer configured');
  });

  test('call NONE open, and an authorizer another way in', () => {
    expect(wordsOf(apiOf({ 'GET /a': 'NONE' }), 'deployed-not-iam').message).toContain('open now');
    expect(wordsOf(apiOf({ 'GET /a': 'CUSTOM' }), 'deployed-not-iam').message).not.toContain(
      'open now',
    );
  });

  test('offer replace-authorizers where an authorizer is in the way, and there alone', () => {
    expect(wordsOf(apiOf({ 'GET /a': 'CUSTOM' }), 'configured-not-iam').fix).toContain(
      'replace-authorizers: true',
    );
    expect(wordsOf(apiOf({ 'GET /a': 'NONE' }), 'configured-not-iam').fix).not.toContain(
      'replace-authorizers',
    );
  });

  test("give the canary's share", () => {
    expect(wordsOf(withCanary({ 'GET /a': 'NONE' }), 'canary-not-iam').message).toContain('10 %');
  });

  test('ask an OPTIONS method by MOCK for its CORS headers', () => {
    const bareMock = apiOf({ 'OPTIONS /a': { ...PREFLIGHT, answersCors: false } });
    expect(wordsOf(bareMock, 'configured-not-iam').fix).toContain('Access-Control-Allow-Origin');
  });

  test('of what was not read give every cause once', () => {
    const { message, fix } = wordsOf(api({ configured: UNREAD, stages: UNREAD }), 'unreadable');
    expect(message).toContain('its configured methods');
    expect(message).toContain('its stages');
    expect(fix).toBe(UNREAD.remedy);
  });
});

describe('what is said once', () => {
  const STAGES = read(
    ['prod', 'dev'].map((name) => stage({ name, deployed: read(deployed({ 'GET /a': 'NONE' })) })),
  );

  test('is what is configured, however many stages there are', () => {
    const subject = api({ configured: read(configured({ 'GET /a': 'NONE' })), stages: STAGES });
    const { findings } = audit(evidenceOf(subject));
    expect(findings.map(({ rule, stage: name }) => [rule, name])).toEqual([
      ['deployed-not-iam', 'dev'],
      ['deployed-not-iam', 'prod'],
      ['configured-not-iam', null],
    ]);
  });

  test('is not what another API has configured', () => {
    const open = configured({ 'GET /a': 'NONE' });
    const { findings } = audit(
      evidenceOf(api({ configured: read(open) }), api({ id: 'zz', configured: read(open) })),
    );
    expect(findings.map(({ api: id }) => id)).toEqual(['a1b2c3', 'zz']);
  });
});

describe('the list of rules', () => {
  test('has each rule once, by its id', () => {
    const ids = RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const rule of RULES) expect(ruleOf({ rule: rule.id })).toBe(rule);
  });

  test('makes warnings of what is no error in itself, and of nothing else', () => {
    const warnings = RULES.filter(({ severity }) => severity === 'warning');
    expect(warnings.map(({ id }) => id)).toEqual([
      'probe-inconclusive',
      'default-endpoint-open',
      'shared-cache',
      'unexpected-status',
      'undeployed-change',
      'declared-drift',
      'declared-unproven',
      'deny-shadows-allow',
      'policy-matches-nothing',
      'principal-gone',
      'grant-too-broad',
      'exception-unused',
    ]);
  });
});
