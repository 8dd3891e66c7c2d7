import type {
  Exception,
  Finding,
  Report,
  ReportedApi,
  ReportedMethod,
} from '../../../src/report/report.js';
import { ruleOf } from '../../../src/rules/index.js';

import { sortFindings } from '../../../src/rules/order.js';

/** A report with nothing in it; every part can be replaced. */
export function makeReport(parts: Partial<Report> = {}): Report {
  const findings = sortFindings(parts.findings ?? []);
  const methods = parts.methods ?? [];
  return {
    schema: 'apigw-iam-gate/report/v1',
    verdict: 'pass',
    incomplete: false,
    mode: 'audit',
    region: 'eu-west-1',
    counts: {
      methods: methods.length,
      errors: findings.filter((it) => it.severity === 'error' && !it.known).length,
      warnings: findings.filter((it) => it.severity === 'warning' && !it.known).length,
      known: findings.filter((finding) => finding.known).length,
      suppressed: parts.suppressed?.length ?? 0,
      changed: parts.changes?.length ?? 0,
    },
    apis: [],
    methods: [],
    suppressed: [],
    exceptions: [],
    changes: [],
    deployments: [],
    kept: [],
    notes: [],
    ...parts,
    findings,
  };
}

/** A method that is in order: protected in both layers, refused unsigned, accepted signed. */
export function makeMethod(parts: Partial<ReportedMethod> = {}): ReportedMethod {
  return {
    api: 'a1b2c3d4e5',
    stage: 'prod',
    method: 'GET',
    path: '/pets',
    configured: 'AWS_IAM',
    deployed: 'AWS_IAM',
    canary: null,
    preflight: false,
    unsigned: { status: 403, answer: 'missing-token' },
    tampered: null,
    signed: { status: 200, answer: 'accepted' },
    excepted: false,
    notProbed: null,
    verdict: 'pass',
    ...parts,
  };
}

/** A method that was not probed, and why. */
export function makeUnprobed(why: string, parts: Partial<ReportedMethod> = {}): ReportedMethod {
  return makeMethod({ unsigned: null, signed: null, notProbed: why, ...parts });
}

function effectsOf(rule: string): Pick<Finding, 'effect'> {
  const effect = ruleOf({ rule })?.effect;
  return effect === undefined ? {} : { effect };
}

export function makeFinding(parts: Partial<Finding> = {}): Finding {
  const { rule = 'deployed-not-iam' } = parts;
  return {
    ...effectsOf(rule),
    rule,
    severity: 'error',
    api: 'a1b2c3d4e5',
    stage: 'prod',
    method: 'GET',
    path: '/pets',
    message: 'The stage serves the method with NONE, not AWS_IAM: it is open now.',
    fix: 'Run the gate with mode: enforce, or declare AWS_IAM in the template. Then deploy the API to the stage.',
    fingerprint: '0'.repeat(64),
    location: null,
    known: false,
    ...parts,
  };
}

export function makeApi(parts: Partial<ReportedApi> = {}): ReportedApi {
  return {
    id: 'a1b2c3d4e5',
    name: 'orders',
    stages: [
      {
        name: 'prod',
        deploymentId: 'dep123',
        canary: null,
        invokeUrl: 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod',
      },
    ],
    ...parts,
  };
}

/** An exception that covers something and has a month left. */
export function makeException(parts: Partial<Exception> = {}): Exception {
  return {
    methods: ['GET /pets'],
    apis: ['orders'],
    stages: [],
    reason: 'A partner calls it without AWS credentials.',
    owner: 'team-orders',
    expires: '2026-12-31',
    daysLeft: 38,
    state: 'in-use',
    location: { file: '.github/apigw-iam-gate.yml', line: 4 },
    ...parts,
  };
}

/** A failing audit of two APIs and three stages, with a canary, a preflight and unread methods. */
export function makeMixedReport(): Report {
  const parameters = 'the path has parameters';
  const unsafe = 'the method may change data and smoke-methods does not name it';
  const methods = [
    makeMethod({ path: '/health' }),
    makeMethod({ path: '/pets' }),
    makeUnprobed(parameters, {
      path: '/pets/{id}',
      configured: 'NONE',
      deployed: 'NONE',
      verdict: 'fail',
    }),
    makeMethod({
      path: '/search',
      deployed: 'NONE',
      unsigned: { status: 200, answer: 'accepted' },
      verdict: 'fail',
    }),
    makeUnprobed(unsafe, { method: 'POST', canary: 'NONE', verdict: 'fail' }),
    makeUnprobed(unsafe, {
      method: 'DELETE',
      path: '/pets/{id}',
      configured: 'COGNITO_USER_POOLS',
      deployed: 'COGNITO_USER_POOLS',
      verdict: 'fail',
    }),
    makeUnprobed(unsafe, {
      method: 'OPTIONS',
      configured: 'NONE',
      deployed: 'NONE',
      preflight: true,
    }),
    makeUnprobed(parameters, {
      method: 'ANY',
      path: '/files/{proxy+}',
      deployed: 'unreadable',
      verdict: 'incomplete',
    }),
    makeMethod({ api: 'f6g7h8i9j0', stage: 'prod', path: '/invoices' }),
    makeMethod({ api: 'f6g7h8i9j0', stage: 'prod', path: '/invoices/total' }),
    makeUnprobed('the API has no stage', {
      api: 'k1l2m3n4o5',
      stage: null,
      configured: 'NONE',
      deployed: null,
      verdict: 'fail',
    }),
  ];
  return makeReport({
    verdict: 'fail',
    apis: [
      makeApi({
        stages: [
          {
            name: 'prod',
            deploymentId: 'dep123',
            canary: { deploymentId: 'dep456', percentTraffic: 10 },
            invokeUrl: 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod',
          },
        ],
      }),
      makeApi({
        id: 'f6g7h8i9j0',
        name: 'billing',
        stages: [
          {
            name: 'prod',
            deploymentId: 'dep789',
            canary: null,
            invokeUrl: 'https://f6g7h8i9j0.execute-api.eu-west-1.amazonaws.com/prod',
          },
        ],
      }),
      makeApi({ id: 'k1l2m3n4o5', name: 'drafts', stages: [] }),
    ],
    methods,
    findings: [
      makeFinding({ path: '/pets/{id}' }),
      makeFinding({
        path: '/search',
        message: 'The stage serves the method with NONE, not AWS_IAM: fixed but not deployed.',
        fix: 'Deploy the API to the stage, or run the gate with mode: enforce.',
      }),
      makeFinding({
        rule: 'unsigned-accepted',
        path: '/search',
        message: 'An unsigned request was answered 200: anybody can call the method.',
        fix: 'Set its authorization to AWS_IAM and deploy the API.',
      }),
      makeFinding({
        rule: 'canary-not-iam',
        method: 'POST',
        message:
          "The canary serves the method with NONE, not AWS_IAM, to 10 % of the stage's traffic.",
        fix: 'Remove the canary (or promote it and redeploy) so that the whole stage serves AWS_IAM.',
      }),
      makeFinding({
        rule: 'configured-not-iam',
        stage: null,
        path: '/pets/{id}',
        message:
          'The method is configured with NONE, not AWS_IAM: the next deployment serves it so.',
        fix: 'Run the gate with mode: enforce.',
      }),
      makeFinding({
        rule: 'configured-not-iam',
        stage: null,
        api: 'k1l2m3n4o5',
        message:
          'The method is configured with NONE, not AWS_IAM: the next deployment serves it so.',
        fix: 'Run the gate with mode: enforce.',
      }),
      makeFinding({
        rule: 'undeployed-change',
        severity: 'warning',
        path: '/health',
        message: 'The method is configured and not deployed.',
        fix: 'Deploy the API to the stage.',
      }),
      makeFinding({
        rule: 'unreadable',
        method: 'ANY',
        path: '/files/{proxy+}',
        message: 'AWS told no authorization type for the method (GetDeployment).',
        fix: 'Run the job again; if it stays, open an issue with this message.',
      }),
    ],
    notes: ['The API drafts has no stage: only what is configured was judged.'],
  });
}

/** What enforce did: two methods changed, one failed, a stage moved, one method left alone. */
export function makeEnforcedReport(): Report {
  const change = { api: 'a1b2c3d4e5', method: 'GET', from: 'NONE', to: 'AWS_IAM' } as const;
  return makeReport({
    verdict: 'fail',
    mode: 'enforce',
    apis: [makeApi()],
    methods: [
      makeMethod(),
      makeMethod({ path: '/search' }),
      makeMethod({ method: 'POST', configured: 'CUSTOM', deployed: 'CUSTOM', verdict: 'fail' }),
    ],
    findings: [
      makeFinding({
        rule: 'configured-not-iam',
        stage: null,
        method: 'POST',
        message: 'The method is configured with CUSTOM, not AWS_IAM.',
        fix: 'Run the gate with mode: enforce and replace-authorizers: true.',
      }),
    ],
    counts: { methods: 3, errors: 1, warnings: 0, known: 0, suppressed: 0, changed: 2 },
    changes: [
      { ...change, path: '/pets', state: 'applied' },
      { ...change, path: '/search', state: 'applied' },
      { ...change, path: '/pets/{id}', from: 'COGNITO_USER_POOLS', state: 'failed' },
    ],
    deployments: [
      {
        api: 'a1b2c3d4e5',
        deploymentId: 'dep999',
        stages: [{ name: 'prod', from: 'dep123', state: 'moved' }],
      },
    ],
    kept: [
      {
        api: 'a1b2c3d4e5',
        method: 'POST',
        path: '/pets',
        authorizationType: 'CUSTOM',
        reason: 'It has an authorizer, and replace-authorizers is not set.',
      },
    ],
  });
}

/** Texts that would break a naive renderer. */
export const HOSTILE_TEXTS: readonly string[] = [
  '::error::gotcha',
  '  ::set-output name=verdict::pass',
  'x ##[error]gotcha',
  '#\u200b#\u00ad[error]gotcha',
  '%0A::error::gotcha',
  'a\n::error::b\r\nc',
  'a|b|c',
  '`a``b`',
  '<script>alert(1)</script>',
  '<!-- hidden',
  '</details></td></table>',
  '![i](https://example.com/i.png)',
  '[l](javascript:alert(1))',
  'https://example.com/x www.example.com mail@example.com',
  '@octocat @github/security #123 org/repo#4 GH-5 :tada: $x$',
  '**bold** __b__ ~~s~~ _i_ \\| \\',
  '\u202egnp.exe\u2066 \u200f',
  '&lt;b&gt; &#60;',
  '- item',
  '1. item',
  '# heading',
  '\u0000\u001b[31m',
  '\ud800',
];

/** As many methods and findings as asked for, over `stages` stages of one API. */
export function makeLargeReport(size: {
  readonly methods: number;
  readonly findings: number;
  readonly stages: number;
}): Report {
  const names = Array.from({ length: size.stages }, (_, index) => `stage${index}`);
  const stageOf = (index: number): string => `stage${index % size.stages}`;
  const pathOf = (index: number): string => `/resource${index}/{id}/items`;
  return makeReport({
    verdict: 'fail',
    apis: [
      makeApi({
        stages: names.map((name) => ({
          name,
          deploymentId: `dep-${name}`,
          canary: null,
          invokeUrl: `https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/${name}`,
        })),
      }),
    ],
    methods: Array.from({ length: size.methods }, (_, index) =>
      makeMethod({
        stage: stageOf(index),
        path: pathOf(index),
        ...(index < size.findings ? { deployed: 'NONE', verdict: 'fail' } : {}),
      }),
    ),
    findings: Array.from({ length: size.findings }, (_, index) =>
      makeFinding({
        stage: stageOf(index),
        path: pathOf(index),
        ...(index % 10 === 9 ? { rule: 'undeployed-change', severity: 'warning' } : {}),
      }),
    ),
  });
}

/** A report that holds one text in every place that AWS or a repository can fill. */
export function fillEverywhere(text: string): Report {
  const place = { api: text, method: text, path: text };
  const answer = { status: 403, answer: text };
  return makeReport({
    verdict: 'fail',
    mode: 'enforce',
    region: text,
    apis: [
      {
        id: text,
        name: text,
        stages: [
          {
            name: text,
            deploymentId: text,
            canary: { deploymentId: text, percentTraffic: 5 },
            invokeUrl: text,
          },
        ],
      },
    ],
    methods: [
      makeMethod({
        ...place,
        stage: text,
        configured: text,
        deployed: text,
        unsigned: answer,
        verdict: 'fail',
      }),
      makeUnprobed(text, { ...place, stage: `${text}2` }),
    ],
    findings: [
      makeFinding({
        ...place,
        rule: text,
        stage: text,
        message: text,
        fix: text,
        location: { file: text, line: 3 },
      }),
      makeFinding({ ...place, rule: text, stage: text, known: true }),
      makeFinding({ ...place, rule: text, stage: text, message: 'Other.', fix: 'Other.' }),
    ],
    suppressed: [{ finding: makeFinding({ ...place, rule: text, stage: text }), exception: 0 }],
    exceptions: [
      makeException({
        methods: [text],
        apis: [text],
        stages: [text],
        reason: text,
        owner: text,
        expires: text,
        daysLeft: 3,
      }),
    ],
    changes: [{ ...place, from: text, to: text, state: 'applied' }],
    deployments: [
      { api: text, deploymentId: text, stages: [{ name: text, from: text, state: 'moved' }] },
    ],
    kept: [{ ...place, authorizationType: text, reason: text }],
    notes: [text, `${text}2`],
    changeNotes: [text],
    transactions: [{ api: text, state: 'left', reasons: [text], left: [text] }],
    owners: [
      {
        api: text,
        tool: 'CDK',
        name: text,
        warning: text,
        snippets: [{ format: 'YAML', text: 'a: b' }],
      },
    ],
    comparison: {
      with: 'baseline',
      added: 1,
      same: 1,
      fixed: [{ rule: text, stage: text, ...place }],
    },
  });
}
