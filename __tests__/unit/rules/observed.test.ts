import { describe, expect, test } from '@jest/globals';
import type { JoinedMethod } from '../../../src/evidence/join.js';
import type { ApiKind } from '../../../src/model/api-kind.js';
import {
  type AnswerKind,
  hasReachedIntegration,
  isPastAuthorization,
  isRefusal,
  type SettledAnswer,
} from '../../../src/probe/answer.js';
import type { Observation, VerbAnswers } from '../../../src/probe/observation.js';
import { proofOf } from '../../../src/probe/proof.js';
import type { Finding } from '../../../src/report/report.js';
import { judge } from '../../../src/rules/judge.js';
import { EXPLANATIONS } from '../../../src/rules/observed.js';
import {
  decideRowVerdicts,
  decideVerdict,
  isIncomplete,
  notesOnUnproven,
} from '../../../src/rules/verdict.js';
import {
  apiOf,
  evidenceOf,
  observation,
  onlyRow,
  rowsOf,
  rulesOf,
  settled,
  unsettled,
} from '../evidence-builder.js';

const PROTECTED = apiOf({ 'GET /a': 'AWS_IAM' });
const ROW = onlyRow(PROTECTED);

function judged(
  observations: readonly Observation[],
  rows: readonly JoinedMethod[] = [ROW],
): { rules: string[]; findings: Finding[]; verdict: string; rowVerdicts: string[] } {
  const evidence = evidenceOf(...new Set(rows.map(({ api }) => api)));
  const findings = judge({ evidence, rows, observations });
  return {
    rules: rulesOf(findings),
    findings,
    verdict: decideVerdict(findings, observations),
    rowVerdicts: decideRowVerdicts(rows, findings, observations),
  };
}

/** Every kind of answer, from the table that must explain each. */
const KINDS = Object.keys(EXPLANATIONS).filter((kind): kind is AnswerKind => kind in EXPLANATIONS);

describe('a method that the snapshot protects', () => {
  test('is proven by a refusal for want of a token and an accepted signature', () => {
    expect(judged([observation(ROW)])).toMatchObject({ rules: [], verdict: 'pass' });
  });

  test.each(KINDS)('and an unsigned request that got %s', (kind) => {
    const { rules, verdict } = judged([observation(ROW, { unsigned: settled(kind) })]);
    if (kind === 'missing-token') {
      expect({ rules, verdict }).toEqual({ rules: [], verdict: 'pass' });
    } else if (isPastAuthorization(kind)) {
      expect({ rules, verdict }).toEqual({ rules: ['unsigned-accepted'], verdict: 'fail' });
    } else {
      // A WAF's 403, say, tells nothing of IAM.
      expect({ rules, verdict }).toEqual({ rules: ['probe-inconclusive'], verdict: 'incomplete' });
    }
  });

  test.each(KINDS)('and a signed request that got %s', (kind) => {
    const { rules, verdict } = judged([observation(ROW, { signed: settled(kind) })]);
    if (kind === 'accepted') {
      expect({ rules, verdict }).toEqual({ rules: [], verdict: 'pass' });
    } else if (hasReachedIntegration(kind)) {
      // It was let in, which is what counts; that the backend did not serve it is said.
      expect({ rules, verdict }).toEqual({ rules: ['unexpected-status'], verdict: 'pass' });
    } else if (isRefusal(kind)) {
      expect({ rules, verdict }).toEqual({ rules: ['signed-rejected'], verdict: 'fail' });
    } else {
      expect({ rules, verdict }).toEqual({ rules: ['probe-inconclusive'], verdict: 'incomplete' });
    }
  });

  test.each<[AnswerKind, AnswerKind]>([
    ['accepted', 'missing-token'],
    ['missing-token', 'accepted'],
    ['throttled', 'integration-failure'],
    ['redirected', 'unreachable'],
  ])('is open where unsigned requests got %s and %s', (one, other) => {
    const { rules, verdict } = judged([observation(ROW, { unsigned: unsettled(one, other) })]);
    expect(rules).toEqual(['unsigned-accepted']);
    expect(verdict).toBe('fail');
  });

  test('is in doubt where one of many refused requests met a failure, and open where two did', () => {
    const seen = (failures: number) =>
      judged([
        observation(ROW, {
          unsigned: unsettled(
            'missing-token',
            ...Array.from({ length: failures }, (): AnswerKind => 'integration-failure'),
            'missing-token',
          ),
        }),
      ]);
    expect(seen(1)).toMatchObject({ rules: ['probe-inconclusive'], verdict: 'incomplete' });
    expect(seen(2)).toMatchObject({ rules: ['unsigned-accepted'], verdict: 'fail' });
  });

  test('is not proven by answers that never settled', () => {
    const flapping = unsettled('missing-token', 'unreachable', 'missing-token');
    expect(judged([observation(ROW, { unsigned: flapping })])).toMatchObject({
      rules: ['probe-inconclusive'],
      verdict: 'incomplete',
    });
    const signed = unsettled('denied', 'accepted');
    expect(judged([observation(ROW, { signed })])).toMatchObject({
      rules: ['probe-inconclusive'],
      verdict: 'incomplete',
    });
  });

  test('is not open for what it answered before the deployment had settled', () => {
    const seen = new Map<AnswerKind, number>([
      ['accepted', 2],
      ['missing-token', 3],
    ]);
    const unsigned = settled('missing-token', { seen });
    expect(judged([observation(ROW, { unsigned })])).toMatchObject({ rules: [], verdict: 'pass' });
  });
});

describe('a method that the snapshot does not protect', () => {
  const row = onlyRow(apiOf({ 'GET /a': 'NONE' }));

  test('is open at the endpoint as well', () => {
    const seen = observation(row, { unsigned: settled('accepted'), signed: null });
    expect(judged([seen], [row]).rules).toEqual([
      'unsigned-accepted',
      'deployed-not-iam',
      'configured-not-iam',
    ]);
  });

  test.each<AnswerKind>(['forbidden', 'unauthorized', 'unlabelled-error', 'throttled'])(
    'is no riddle where it answers %s',
    (kind) => {
      const seen = observation(row, { unsigned: settled(kind), signed: null });
      expect(judged([seen], [row]).rules).toEqual(['deployed-not-iam', 'configured-not-iam']);
    },
  );
});

describe('an answer by which a request may have been let in,', () => {
  const KEYED = { authorizationType: 'AWS_IAM', apiKeyRequired: true };
  const rows = rowsOf(apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM', 'GET /c': KEYED }));
  const [proven = ROW, other = ROW, keyed = ROW] = rows;
  const beside = (parts: Partial<Observation>, row = other) =>
    judged([observation(proven), observation(row, parts)], rows);

  // What says nothing of who is let in is explained by the proof of another method; so is a WAF's refusal.
  const SILENT: readonly AnswerKind[] = [
    'missing-token',
    'refused',
    'forbidden',
    'throttled',
    'name-not-resolved',
    'tls-failure',
    'unreachable',
    'no-credentials',
  ];

  test.each(KINDS)('to an unsigned request %s, no proof of another method explains', (kind) => {
    for (const name of ['unsigned', 'atDefaultEndpoint'] as const) {
      const { verdict } = beside({ [name]: settled(kind) });
      const expected = isPastAuthorization(kind)
        ? 'fail'
        : SILENT.includes(kind)
          ? 'pass'
          : 'incomplete';
      expect({ name, verdict }).toEqual({ name, verdict: expected });
    }
  });

  test.each(KINDS)('to a tampered request %s, no proof of another method explains', (kind) => {
    const { verdict } = beside({ tampered: settled(kind) });
    const isSilent = isRefusal(kind) || SILENT.includes(kind);
    expect(verdict).toBe(isPastAuthorization(kind) ? 'fail' : isSilent ? 'pass' : 'incomplete');
  });

  test.each([
    ['forbidden', 'Forbidden', 'pass'],
    ['forbidden', '', 'pass'],
    ['forbidden', 'Forbidden: the tenant is closed', 'incomplete'],
    ['forbidden', 'No', 'incomplete'],
    ['throttled', 'Too Many Requests', 'pass'],
    ['throttled', 'Limit Exceeded', 'pass'],
    ['throttled', '', 'pass'],
    ['throttled', 'Come back on Monday', 'incomplete'],
  ] as const)('is %s that says %j: %s', (kind, detail, expected) => {
    // A backend that names its errors as AWS does has words of its own.
    for (const name of ['unsigned', 'tampered', 'atDefaultEndpoint'] as const) {
      const { verdict } = beside({ [name]: settled(kind, { detail }) });
      expect({ name, verdict }).toEqual({ name, verdict: expected });
    }
  });

  test('is "Forbidden" where a key is asked for, which is looked at behind authorization', () => {
    expect(beside({ unsigned: settled('forbidden') }, keyed).verdict).toBe('incomplete');
    expect(beside({ tampered: settled('forbidden') }, keyed).verdict).toBe('incomplete');
    expect(beside({ unsigned: settled('missing-token') }, keyed).verdict).toBe('pass');
  });

  test('counts where it came at times, until the endpoint has settled', () => {
    const unsigned = unsettled('unlabelled-error', 'missing-token');
    expect(beside({ unsigned }).verdict).toBe('incomplete');
    const seen = new Map<AnswerKind, number>([['not-api-gateway', 1]]);
    expect(beside({ unsigned: settled('missing-token', { seen }) }).verdict).toBe('pass');
  });

  test('is told with the endpoint that gave it', () => {
    const { findings } = beside({ atDefaultEndpoint: settled('unlabelled-error') });
    expect(findings.map(({ rule }) => rule)).toEqual(['probe-inconclusive']);
    expect(findings[0]?.message).toContain(
      'The unsigned request at the default endpoint proved nothing: an error came without',
    );
  });

  test.each<[AnswerKind, string, RegExp]>([
    ['expired-token', '', /signs? requests/],
    ['denied', 'User: arn:aws:sts::***:assumed-role/edge is not authorized', /sign requests/],
    ['denied', 'User: anonymous is not authorized', /resource policy does not allow the runner/],
    ['denied', '', /resource policy does not allow the runner/],
  ])('of an unsigned request that got %s (%s), the fix is no right', (kind, detail, fix) => {
    const [found] = beside({ unsigned: settled(kind, { detail }) }).findings;
    expect(found?.fix).toMatch(fix);
    expect(found?.fix).not.toContain('execute-api:Invoke');
  });
});

describe('a stage', () => {
  const rows = rowsOf(apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' }));
  const [first = ROW, second = ROW] = rows;
  const DOUBT = observation(second, { unsigned: settled('throttled') });

  test('is proven by one method where another proved nothing; that one is not', () => {
    expect(judged([observation(first), DOUBT], rows)).toMatchObject({
      rules: ['probe-inconclusive'],
      verdict: 'pass',
      rowVerdicts: ['pass', 'incomplete'],
    });
  });

  test.each([
    ['its signed request was not sent', observation(first, { signed: null })],
    ['its unsigned request was not sent', observation(first, { unsigned: null })],
    ['it proved nothing itself', observation(first, { signed: settled('throttled') })],
  ])('is not proven by a method where %s', (_why, other) => {
    expect(judged([other, DOUBT], rows).verdict).toBe('incomplete');
  });

  test('is not proven by a method of another stage or API', () => {
    const elsewhere = onlyRow({ ...PROTECTED, id: 'zz' });
    expect(judged([observation(elsewhere), DOUBT], [...rows, elsewhere]).verdict).toBe(
      'incomplete',
    );
  });

  test('that could not be asked is said once, and is incomplete', () => {
    const unasked = rows.map((row) =>
      observation(row, {
        notProbed: 'its default endpoint is disabled',
        unlocated: 'Set endpoint-url.',
        unsigned: null,
        tampered: null,
        signed: null,
      }),
    );
    const { findings, verdict } = judged(unasked, rows);
    expect(findings).toMatchObject([
      {
        rule: 'probe-inconclusive',
        stage: 'prod',
        method: null,
        path: null,
        fix: 'Set endpoint-url.',
      },
    ]);
    expect(verdict).toBe('incomplete');
  });

  test('is not doubted for methods that get no probe', () => {
    const silent = observation(ROW, {
      notProbed: 'not in smoke-methods',
      unsigned: null,
      signed: null,
    });
    expect(judged([silent])).toMatchObject({ rules: [], verdict: 'pass' });
  });
});

describe('words', () => {
  test.each(KINDS)('explain %s', (kind) => {
    const { cause, remedy } = EXPLANATIONS[kind];
    expect(cause).toMatch(/^\S.*[^.]$/s);
    expect(remedy).toMatch(/\.$/);
  });

  test('of a refused signature hold the cause, the status and what the endpoint said', () => {
    const signed = settled('denied', { detail: 'User: x is not authorized' });
    const [found] = judged([observation(ROW, { signed })]).findings;
    expect(found?.message).toBe(
      `A signed request was refused: ${EXPLANATIONS.denied.cause} (status 403: User: x is not authorized).`,
    );
    expect(found?.fix).toContain(
      '{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:eu-west-1:*:a1b2c3/prod/GET/a"}',
    );
  });

  test('of doubt hold each answer and how often it came', () => {
    const unsigned = unsettled('missing-token', 'unreachable', 'missing-token');
    const [found] = judged([observation(ROW, { unsigned })]).findings;
    expect(found?.message).toContain('missing-token 2×, unreachable 1×');
  });

  test('give the status of the answer that got through, not that of another one', () => {
    const through = judged([observation(ROW, { unsigned: settled('accepted') })]).findings[0];
    expect(through?.message).toBe('An unsigned request was served (GET, status 200).');
    const unsigned = unsettled('accepted', 'missing-token');
    const [atTimes] = judged([observation(ROW, { unsigned })]).findings;
    expect(atTimes?.message).toBe('An unsigned request at times was served (GET).');
  });
});

describe('a stage that is proven by nothing', () => {
  const ROWS = rowsOf(apiOf({ 'GET /a': 'AWS_IAM', 'GET /b/{id}': 'AWS_IAM' }));
  const unsignedAlone = (row: JoinedMethod): Observation =>
    observation(row, { signed: null, unproven: ['add a value for {id}'] });

  test('is incomplete where its answers are as they should be, and says what to add', () => {
    const { verdict, findings } = judged(ROWS.map(unsignedAlone), ROWS);
    expect(verdict).toBe('incomplete');
    expect(findings).toMatchObject([
      {
        rule: 'probe-inconclusive',
        method: null,
        fix: expect.stringContaining('add a value for {id}'),
      },
    ]);
  });

  test('is proven by one method that is', () => {
    const [first, second] = ROWS;
    if (first === undefined || second === undefined) throw new Error('there are two methods');
    expect(judged([observation(first), unsignedAlone(second)], ROWS)).toMatchObject({
      verdict: 'pass',
      findings: [],
    });
  });

  test.each<[string, Partial<Observation>]>([
    ['signed callers are refused', { signed: settled('denied') }],
    ['strangers are let in', { unsigned: settled('accepted') }],
    ['nobody could sign', { signed: settled('no-credentials'), tampered: null }],
  ])('is incomplete where %s, and the baseline knows of it', (_why, parts) => {
    const observations = ROWS.map((row) => observation(row, parts));
    const { findings } = judged(observations, ROWS);
    const known = findings.map((it) => ({ ...it, known: true }));
    expect(decideVerdict(known, observations)).toBe('incomplete');
    expect(isIncomplete(known, observations)).toBe(true);
    const isSaid = known.some(({ rule }) => rule === 'probe-inconclusive');
    expect(notesOnUnproven(known, observations)).toHaveLength(isSaid ? 0 : 1);
    expect(notesOnUnproven(findings, observations)).toEqual([]);
  });

  test('is nothing where nothing of it was asked', () => {
    const observations = ROWS.map((row) =>
      observation(row, {
        unsigned: null,
        tampered: null,
        signed: null,
        notProbed: 'not in smoke-methods',
      }),
    );
    expect(judged(observations, ROWS)).toMatchObject({ verdict: 'pass', findings: [] });
  });
});

describe('methods that there was no time to ask', () => {
  const ROWS = rowsOf(
    apiOf(Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`GET /m${at}`, 'AWS_IAM']))),
  );

  test('make it incomplete, though the stage is proven, and are one finding', () => {
    const observations = ROWS.map((row, at) =>
      at === 0 ? observation(row) : observation(row, { unsigned: settled('out-of-time') }),
    );
    const { verdict, findings, rowVerdicts } = judged(observations, ROWS);
    expect(verdict).toBe('incomplete');
    expect(findings).toHaveLength(1);
    expect(findings[0]?.message).toMatch(/GET \/m1, .* and 6 more/);
    expect(rowVerdicts).toEqual(['pass', ...Array(11).fill('incomplete')]);
    expect(
      decideVerdict(
        findings.map((it) => ({ ...it, known: true })),
        observations,
      ),
    ).toBe('incomplete');
  });
});

describe('no trusted connection', () => {
  test.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'NODE_EXTRA_CA_CERTS'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', 'Renew'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'endpoint-url'],
    ['EPROTO', 'certificate'],
  ])('%s: what to change is one thing', (detail, remedy) => {
    const lost = settled('tls-failure', { detail, status: null });
    const { findings } = judged([observation(ROW, { unsigned: lost })]);
    expect(findings[0]?.fix).toContain(remedy);
    expect(findings[0]?.message).toContain(detail);
  });
});

describe('ANY that was sent as several verbs', () => {
  const ANY = onlyRow(apiOf({ 'ANY /a': 'AWS_IAM' }));
  const RIGHT: VerbAnswers = {
    unsigned: settled('missing-token'),
    tampered: settled('wrong-signature'),
    signed: settled('accepted'),
    atDefaultEndpoint: null,
  };
  /** As the smoke test puts it: the whole has the worst of each, the verbs have their own. */
  const answered = (verbs: Readonly<Record<string, Partial<VerbAnswers>>>): Observation => {
    const own = Object.entries(verbs).map(([sentAs, parts]): VerbAnswers => {
      const { unsigned, tampered, signed, atDefaultEndpoint } = { ...RIGHT, ...parts };
      const as = (it: SettledAnswer | null) => (it === null ? null : { ...it, sentAs });
      return {
        unsigned: as(unsigned),
        tampered: as(tampered),
        signed: as(signed),
        atDefaultEndpoint: as(atDefaultEndpoint),
      };
    });
    const worst = (name: keyof VerbAnswers) =>
      own.map((it) => it[name]).find((it) => it !== null && it.kind !== RIGHT[name]?.kind) ??
      RIGHT[name];
    return observation(ANY, {
      unsigned: worst('unsigned'),
      tampered: worst('tampered'),
      signed: worst('signed'),
      verbs: own,
    });
  };
  const THROTTLED = { unsigned: settled('throttled') };
  const SHUT = { unsigned: settled('forbidden'), signed: settled('forbidden') };

  test('is not called refused for what two verbs were answered for reasons of their own', () => {
    // A WAF shuts one verb for everybody; the other was throttled, and let its caller in.
    for (const verbs of [
      { GET: THROTTLED, DELETE: SHUT },
      { DELETE: SHUT, GET: THROTTLED },
    ]) {
      const { rules, verdict, findings } = judged([answered(verbs)], [ANY]);
      expect({ rules, verdict }).toEqual({ rules: ['probe-inconclusive'], verdict: 'incomplete' });
      expect(proofOf(answered(verbs))).toBe('inconclusive');
      expect(findings[0]?.message).toContain(
        'The unsigned request (GET) proved nothing: it was throttled',
      );
      expect(findings[0]?.message).toContain('The signed request (DELETE) proved nothing');
    }
  });

  test('is refused where one verb is, although another was forbidden to strangers', () => {
    const { rules, findings } = judged(
      [
        answered({
          GET: { unsigned: settled('forbidden') },
          PUT: { signed: settled('forbidden') },
        }),
      ],
      [ANY],
    );
    expect(rules).toContain('signed-rejected');
    expect(findings.find(({ rule }) => rule === 'signed-rejected')?.message).toContain('(PUT)');
  });

  test('gives the reason of each verb that was refused', () => {
    const [found] = judged(
      [answered({ GET: { signed: settled('denied') }, PUT: { signed: settled('expired-token') } })],
      [ANY],
    ).findings;
    expect(found?.rule).toBe('signed-rejected');
    expect(found?.message).toContain('A signed request (GET) was refused: no policy allows');
    expect(found?.message).toContain(
      'A signed request (PUT) was refused: the credentials have expired',
    );
    expect(found?.fix).toContain('Allow the caller');
    expect(found?.fix).toContain('Fetch credentials');
  });

  test('says once what several verbs were answered alike', () => {
    const open = { unsigned: settled('accepted') };
    const [found] = judged([answered({ GET: open, PUT: open, PATCH: {} })], [ANY]).findings;
    expect(found?.message).toBe('An unsigned request was served (GET, PUT, status 200).');
  });

  test.each(['GET', 'PUT', 'PATCH'])('is open where %s alone lets strangers in', (verb) => {
    const verbs = { GET: {}, PUT: {}, PATCH: {}, [verb]: { unsigned: settled('accepted') } };
    const { rules, verdict } = judged([answered(verbs)], [ANY]);
    expect({ rules, verdict }).toEqual({ rules: ['unsigned-accepted'], verdict: 'fail' });
    const tampered = { ...verbs, [verb]: { tampered: settled('accepted') } };
    expect(judged([answered(tampered)], [ANY]).rules).toEqual(['tampered-accepted']);
  });

  test('is proven where every verb is', () => {
    expect(judged([answered({ GET: {}, PUT: {} })], [ANY])).toMatchObject({
      rules: [],
      verdict: 'pass',
    });
  });
});

describe('what a stage is said to lack,', () => {
  const ROWS = rowsOf(apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' }));
  const said = (...parts: Partial<Observation>[]) =>
    judged(
      ROWS.map((row, at) => observation(row, { ...parts[at] })),
      ROWS,
    ).findings.map(({ rule, message, fix, stage, method }) => ({
      rule,
      message,
      fix,
      stage,
      method,
    }));
  const OF_STAGE = { rule: 'probe-inconclusive', stage: 'prod', method: null };

  test('where no method could be asked', () => {
    const silent: Partial<Observation> = {
      notProbed: 'it has parameters',
      unsigned: null,
      tampered: null,
      signed: null,
    };
    expect(
      said({ ...silent, unproven: ['add a value for {id}'] }, { ...silent, unproven: ['add b'] }),
    ).toEqual([
      {
        ...OF_STAGE,
        message: 'No method of the stage is proven: none could be asked.',
        fix: 'For a proof of one method at least: add a value for {id}; or add b.',
      },
    ]);
  });

  test('where none was asked with a signature; what both lack is said once, and in order', () => {
    expect(
      said(
        { signed: null, unproven: ['add b', 'add a'] },
        { signed: null, unproven: ['add b', 'add c', 'give a sample'] },
      ),
    ).toEqual([
      {
        ...OF_STAGE,
        message:
          'No method of the stage is proven: 2 refused what they must refuse, and none could be asked so that its answers prove that it lets its callers in.',
        fix: 'For a proof of one method at least: add a; or add b; or add c; or give a sample.',
      },
    ]);
  });

  test('is five things at most', () => {
    const unproven = ['f', 'e', 'd', 'c', 'b', 'a'].map((it) => `add ${it}`);
    expect(said({ signed: null, unproven }, { signed: null })[0]?.fix).toBe(
      'For a proof of one method at least: add a; or add b; or add c; or add d; or add e.',
    );
  });

  test('is nothing where one method is refused, which is a finding of its own', () => {
    const found = said({ signed: settled('denied') }, { signed: null, unproven: ['add a'] });
    expect(found.map(({ rule }) => rule)).toEqual(['signed-rejected']);
  });

  test('is nothing besides that the stage could not be asked', () => {
    const unasked: Partial<Observation> = {
      notProbed: 'its default endpoint is disabled',
      unlocated: 'Set endpoint-url.',
      unsigned: null,
      tampered: null,
      signed: null,
      unproven: ['add a'],
    };
    expect(said(unasked, unasked)).toEqual([
      {
        ...OF_STAGE,
        message: 'The stage was not asked: its default endpoint is disabled.',
        fix: 'Set endpoint-url.',
      },
    ]);
  });
});

describe('methods that were not asked for want of time', () => {
  const message = (...names: string[]) => {
    const rows = rowsOf(apiOf(Object.fromEntries(names.map((it) => [`GET /${it}`, 'AWS_IAM']))));
    const late = rows.map((row) => observation(row, { unsigned: settled('out-of-time') }));
    const { findings } = judged(late, rows);
    expect(findings).toMatchObject([
      { rule: 'probe-inconclusive', stage: 'prod', method: null, path: null },
    ]);
    return findings[0]?.message;
  };

  test('are named in order, five at most', () => {
    expect(message('e', 'b', 'd', 'a', 'c')).toBe(
      'smoke-timeout was over before these methods were asked all that they are asked: GET /a, GET /b, GET /c, GET /d, GET /e.',
    );
    expect(message('e', 'f', 'b', 'd', 'a', 'c')).toMatch(/: GET \/a, .*, GET \/e and 1 more\.$/);
  });
});

describe('401 of an HTTP API to a signed request', () => {
  const [row] = rowsOf({ ...apiOf({ 'GET /a': 'AWS_IAM' }), kind: 'HTTP' as const });
  if (row === undefined) throw new Error('no row');
  const control = { isAsked: true, unsigned: settled('no-such-method'), tampered: null } as const;
  const found = (unsigned: AnswerKind) =>
    judged(
      [
        observation(row, {
          ...{ unsigned: settled(unsigned), tampered: settled('refused'), control },
          signed: settled('unauthorized', { status: 401 }),
        }),
      ],
      [row],
    );

  test('is no refusal where IAM refused the unsigned one', () => {
    const { verdict, findings } = found('refused');
    expect(verdict).toBe('incomplete');
    expect(findings).toMatchObject([
      {
        rule: 'probe-inconclusive',
        message: expect.stringContaining('the backend most likely wants a login of its own'),
        fix: expect.stringMatching(/^Give the request what the backend wants/),
      },
    ]);
  });

  test('is one where the unsigned one got it, too', () => {
    const { verdict, rules } = found('unauthorized');
    expect(verdict).toBe('fail');
    expect(rules).toContain('signed-rejected');
  });
});

describe('an error to a signed request that nobody can be named for', () => {
  const found = (kind: ApiKind, sentAs: string) => {
    const [row] = rowsOf({ ...apiOf({ 'GET /a': 'AWS_IAM' }), kind });
    if (row === undefined) throw new Error('no row');
    const signed = settled('unlabelled-error', { sentAs });
    return judged([observation(row, { signed })], [row]).findings.find(
      ({ rule }) => rule === 'probe-inconclusive',
    );
  };

  test('is told by the headers of the kind of API', () => {
    expect(found('REST', 'GET')?.message).toContain('without x-amzn-ErrorType');
    expect(found('REST', 'HEAD')?.message).toContain('without x-amzn-ErrorType');
    expect(found('HTTP', 'GET')?.message).toContain('HTTP APIs say in no header whose it is');
    expect(found('HTTP', 'GET')?.fix).not.toContain('x-amzn-');
    expect(found('WEBSOCKET', 'CONNECT')?.message).toContain('WebSocket APIs say in no header');
  });

  test('may hide that a request was let in which must be refused', () => {
    const [row] = rowsOf({ ...apiOf({ 'GET /a': 'AWS_IAM' }), kind: 'HTTP' as const });
    if (row === undefined) throw new Error('no row');
    for (const name of ['unsigned', 'tampered'] as const) {
      const { findings, verdict } = judged(
        [observation(row, { [name]: settled('unlabelled-error') })],
        [row],
      );
      expect(verdict).toBe('incomplete');
      expect(findings[0]?.fix).toContain('which tells whether it was let in');
    }
  });

  test('cannot be told by the body of an answer to HEAD', () => {
    for (const kind of ['REST', 'HTTP'] as const) {
      expect(found(kind, 'HEAD')?.fix).toContain('HEAD can be left out of smoke-methods');
      expect(found(kind, 'GET')?.fix).not.toContain('HEAD');
    }
  });
});

describe('a control request that is let in', () => {
  const HTTP = { ...apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' }), kind: 'HTTP' as const };
  const served = { isAsked: true, unsigned: settled('accepted'), tampered: null } as const;
  const opened = (control: Observation['control'], rows = rowsOf(HTTP)) =>
    judged(
      rows.map((row) => observation(row, control === undefined ? {} : { control })),
      rows,
    ).findings.filter(({ rule }) => rule === 'unsigned-accepted');

  test('is one finding of its stage, and says what it is', () => {
    const found = opened(served);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      api: 'a1b2c3',
      stage: 'prod',
      method: null,
      path: null,
      message:
        'An unsigned request to a path that no known route takes was served (GET, status 200).',
      fix: expect.stringContaining('such as an open $default'),
    });
  });

  test.each<[string, Observation['control']]>([
    ['was refused as no route', { ...served, unsigned: settled('unlabelled-error') }],
    ['was not asked', { isAsked: false, why: 'every path has a route', isExcused: true }],
    ['is not needed', undefined],
  ])('is no finding where it %s', (_what, control) => {
    expect(opened(control)).toEqual([]);
  });

  test('is none of a REST API', () => {
    expect(opened(served, rowsOf(apiOf({ 'GET /a': 'AWS_IAM' })))).toEqual([]);
  });
});

describe('a method that the snapshot does not name', () => {
  const [named = ROW, unnamed = ROW] = rowsOf(
    apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' }, { 'GET /a': 'AWS_IAM' }),
  );
  const WHO = { tampered: null, signed: null };
  const NOT_THERE: readonly AnswerKind[] = ['no-such-method', 'throttled', 'no-credentials'];
  const NO_ANSWER: readonly AnswerKind[] = [
    'name-not-resolved',
    'tls-failure',
    'unreachable',
    'out-of-time',
  ];

  test.each(KINDS.filter((kind) => !NO_ANSWER.includes(kind)))(
    'may be served all the same to an unsigned request that got %s',
    (kind) => {
      expect(unnamed.deployed).toBeNull();
      const { verdict, rowVerdicts, rules } = judged(
        [observation(named), observation(unnamed, { ...WHO, unsigned: settled(kind) })],
        [named, unnamed],
      );
      const isNotThere = isRefusal(kind) || NOT_THERE.includes(kind);
      const expected = isPastAuthorization(kind) ? 'fail' : isNotThere ? 'pass' : 'incomplete';
      expect({ verdict, row: rowVerdicts[1] }).toEqual({ verdict: expected, row: expected });
      expect(rules.includes('probe-inconclusive')).toBe(expected === 'incomplete');
    },
  );
});
