import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { marked, type Token, type Tokens } from 'marked';
import { answerOf } from '../../../src/report/answer.js';
import { utf8Bytes } from '../../../src/report/clip.js';
import { judgedOf } from '../../../src/report/document/judged.js';
import { fileLink, type Links, NO_LINKS } from '../../../src/report/document/links.js';
import { renderMarkdown } from '../../../src/report/markdown.js';
import type { Finding, Report } from '../../../src/report/report.js';
import {
  fillEverywhere,
  HOSTILE_TEXTS,
  makeApi,
  makeEnforcedReport,
  makeFinding,
  makeLargeReport,
  makeMethod,
  makeMixedReport,
  makeReport,
  makeUnprobed,
} from './sample-report.js';

const MEBIBYTE = 1024 * 1024;

function render(report: Report): string {
  return renderMarkdown(report, MEBIBYTE);
}

describe('the headline', () => {
  test('is the answer, then what was audited, found and changed', () => {
    expect(render(makeMixedReport()).split('\n').slice(0, 3)).toEqual([
      '## ❌ Fail: 1 of 3 APIs has open methods; 1 method will open with the next deployment; 1 could not be read',
      '',
      '`audit` of 3 APIs, 2 stages and 11 methods in `eu-west-1` · 7 errors and 1 warning · **nothing changed**',
    ]);
  });

  test('of one API counts its methods', () => {
    const open = [makeMethod({ deployed: 'NONE', verdict: 'fail' }), makeMethod({ path: '/b' })];
    const report = makeReport({
      verdict: 'fail',
      apis: [makeApi()],
      methods: open,
      findings: [makeFinding()],
    });
    expect(render(report)).toMatch(/^## ❌ Fail: 1 of 2 methods can be called without IAM\n/);
  });

  test('of a clean pass names what may be called without IAM all the same', () => {
    const methods = [
      makeMethod(),
      makeMethod({ path: '/jwt', deployed: 'JWT' }),
      makeMethod({ method: 'OPTIONS', deployed: 'NONE', preflight: true }),
      makeMethod({ path: '/partner', deployed: 'NONE', excepted: true }),
    ];
    const said = (some: typeof methods) =>
      render(makeReport({ apis: [makeApi()], methods: some })).split('\n')[0];
    expect(said(methods.slice(0, 1))).toBe(
      '## ✅ Pass: the only method cannot be called without IAM',
    );
    expect(said(methods)).toBe(
      '## ✅ Pass: none of 4 methods can be called without IAM, but for 1 preflight, 1 by exception and 1 of an allowed type',
    );
  });

  test('of files says what callers will meet, and nothing of what they meet now', () => {
    const row = { stage: null, deployed: null, configured: null };
    const methods = ['/a', '/b'].map((path) => makeMethod({ ...row, path }));
    const opens = { ...row, effect: 'opens-next' as const };
    const said = (findings: readonly Finding[], of = methods, apis = [makeApi()]) =>
      answerOf(makeReport({ region: '', apis, methods: of, findings }));
    expect(said([])).toBe('none of 2 methods can be called without IAM once deployed');
    expect(said([makeFinding({ ...opens, path: '/a' })])).toBe(
      '1 of 2 methods can be called without IAM once deployed',
    );
    expect(said([makeFinding({ ...opens, path: '/a' })], methods.slice(0, 1))).toBe(
      'the only method can be called without IAM once deployed',
    );
    expect(said([makeFinding({ ...opens, method: null, path: null })])).toBe(
      'the API can be called without IAM once deployed',
    );
    const two = [makeApi(), makeApi({ id: 'other' })];
    const ofTwo = [...methods, makeMethod({ ...row, api: 'other', path: '/c' })];
    expect(said([makeFinding({ ...opens, path: '/a' })], ofTwo, two)).toBe(
      '1 of 2 APIs has open methods once deployed',
    );
    expect(said([], ofTwo, two)).toBe('none of 2 APIs has open methods once deployed');
  });

  test('of an incomplete run says that it is not a pass', () => {
    const text = render(makeReport({ verdict: 'incomplete' }));
    expect(text).toMatch(/^## ⚠️ Incomplete: /);
    expect(text).toContain('**This is not a pass.**');
  });

  test('says first that enforcement did not reach its end', () => {
    const api = 'a1b2c3d4e5';
    const said = (state: 'restored' | 'left') =>
      answerOf(
        makeReport({
          mode: 'enforce',
          methods: [makeMethod()],
          transactions: [{ api, state, reasons: ['Why.'], left: [] }],
        }),
      );
    expect(said('restored')).toMatch(/^enforcement failed and was rolled back; the only method/);
    expect(said('left')).toMatch(/^not everything could be rolled back; the only method/);
  });

  test('says what is new, fixed and the same since the baseline', () => {
    const fixed = [
      { rule: 'deployed-not-iam', api: 'a1b2c3d4e5', stage: 'prod', method: 'GET', path: '/old' },
    ];
    const text = render(
      makeReport({
        apis: [makeApi()],
        methods: [makeMethod()],
        comparison: { with: 'baseline', added: 1, same: 1200, fixed },
      }),
    );
    expect(text.split('\n')[0]).toContain(
      ' · 1 new finding, 1 fixed, 1,200 the same since the baseline',
    );
    expect(text).toContain('1 finding fixed since the baseline</summary>');
    expect(text).toContain('- `deployed-not-iam`: **`GET /old`** in orders/prod');
    const blind = render(
      makeReport({ comparison: { with: 'baseline', added: 0, same: 1, fixed: null } }),
    );
    expect(blind).toContain('so nothing is called fixed');
    expect(blind).not.toContain(' fixed,');
  });

  test('comes before the notes, which are last but for those about a change', () => {
    const text = render(
      makeReport({ mode: 'enforce', notes: ['First.', 'Second.'], changeNotes: ['First.'] }),
    );
    expect(text).toContain('### What enforce changed\n\n- First.');
    expect(text).toMatch(/### Notes\n\n- Second\.\n$/);
  });
});

describe('the APIs', () => {
  test('are a table, worst first, that leads to their sections', () => {
    const [table] = listTables(render(makeMixedReport()));
    expect(table?.header.map(({ text }) => text)).toEqual(['Verdict', 'API', 'Methods']);
    expect(table?.rows.map((row) => row.map(({ text }) => text))).toEqual([
      [
        '❌&nbsp;open',
        expect.stringMatching(/^\[orders\]\(#api-.*-1\) · REST · `prod`$/),
        '3 open · 2 failing · 1 unreadable · 2 in order',
      ],
      [
        '❌&nbsp;fail',
        expect.stringMatching(/^\[drafts\]\(#api-.*-3\) · REST · no stage$/),
        '1 failing',
      ],
      ['✅&nbsp;pass', 'billing · REST · `prod`', '2 in order'],
    ]);
    const text = render(makeMixedReport());
    for (const [, anchor] of text.matchAll(/\]\(#([^)]+)\)/g)) {
      expect(text).toContain(`<a name="${anchor}"></a>`);
    }
  });

  test('have no table where there is one', () => {
    expect(render(makeReport({ apis: [makeApi()], methods: [makeMethod()] }))).not.toContain(
      '### APIs',
    );
  });

  test('are under no green mark where only their policy fails', () => {
    const policy = makeFinding({
      rule: 'public-principal',
      stage: null,
      method: null,
      path: null,
      message: 'It allows everybody.',
    });
    const text = render(
      makeReport({
        verdict: 'fail',
        apis: [makeApi(), makeApi({ id: 'b', name: 'other' })],
        methods: [makeMethod(), makeMethod({ api: 'b' })],
        findings: [policy],
      }),
    );
    expect(text).toContain('❌&nbsp;fail | [orders]');
    expect(text).toContain('❌ orders: 1 method in order, the API is not');
    expect(text).toContain('- ❌ fail `public-principal`, orders: It allows everybody.');
    expect(text).toContain('none of 2 APIs has open methods; 1 fails for other reasons');
  });

  test('have no tick where no method was listed, since none was judged', () => {
    const apis = [makeApi(), makeApi({ id: 'b', name: 'other' })];
    const text = render(makeReport({ verdict: 'incomplete', apis }));
    expect(text).toContain('➖&nbsp;empty | orders');
    expect(text).not.toContain('✅');
  });
});

describe('the methods', () => {
  test('are in one line each, worst first, with one fix a group and no list that repeats them', () => {
    const findings = ['/b', '/a'].flatMap((path) => [
      makeFinding({ path, fix: 'Close it. Then deploy.' }),
      makeFinding({ rule: 'configured-not-iam', stage: null, path, fix: 'Close it.' }),
    ]);
    const methods = ['/a', '/b', '/c'].map((path) =>
      makeMethod({
        path,
        ...(path === '/c' ? {} : { configured: 'NONE', deployed: 'NONE', verdict: 'fail' }),
      }),
    );
    const text = render(makeReport({ verdict: 'fail', apis: [makeApi()], methods, findings }));
    expect(text.split('Close it.').length).toBe(2);
    expect(text).toContain('**Fix:** Close it. Then deploy.');
    expect(text.split('`/a`').length).toBe(2);
    const [table] = listTables(text);
    expect(table?.header.map(({ text: title }) => title)).toEqual([
      'Verdict',
      'Method',
      'Layers and answers',
    ]);
    expect(table?.rows.map(([verdict, method]) => `${verdict?.text} ${method?.text}`)).toEqual([
      '❌&nbsp;open GET `/a`',
      '❌&nbsp;open GET `/b`',
    ]);
    expect(text).toContain('<details><summary>✅ 1 method in order</summary>');
  });

  test('stand in the order of the findings about them', () => {
    const report = makeMixedReport();
    const order = judgedOf(report).methods.map(
      ({ method, state }) => `${state} ${method.method} ${method.path}`,
    );
    expect(order.slice(0, 5)).toEqual([
      'open GET /search',
      'open GET /pets/{id}',
      'open POST /pets',
      'fail GET /pets',
      'fail DELETE /pets/{id}',
    ]);
  });

  test('show layers, answers, what is absent and what is unreadable in words', () => {
    const methods = [
      makeMethod({
        configured: null,
        deployed: 'unreadable',
        tampered: { status: 403, answer: 'wrong-signature' },
        signed: { status: null, answer: 'timed-out' },
        verdict: 'incomplete',
      }),
    ];
    expect(render(makeReport({ apis: [makeApi()], methods }))).toContain(
      '| ⚠️ incomplete | GET `/pets` | configured absent · deployed **unreadable** · unsigned 403 missing-token, tampered 403 wrong-signature, signed **timed-out** |',
    );
  });

  test('say why nothing was asked of them', () => {
    const methods = [makeUnprobed('has parameters', { path: '/b' })];
    expect(render(makeReport({ apis: [makeApi()], methods }))).toContain(
      '| GET `/b` | configured AWS_IAM · deployed AWS_IAM · not asked: has parameters |',
    );
  });

  test('name their stage where the API has several, and their API where there are several', () => {
    const [stage] = makeApi().stages;
    if (stage === undefined) throw new Error('there is no stage');
    const apis = [makeApi({ stages: [stage, { ...stage, name: 'test' }] })];
    const text = render(makeReport({ apis, methods: [makeMethod({ stage: 'test' })] }));
    expect(text).toContain('GET `/pets` in test');
    expect(render(makeMixedReport())).toContain('GET `/invoices` in billing/prod');
  });

  test('each have their own message where a rule says more than two', () => {
    const names = ['a', 'b', 'c'];
    const text = render(
      makeReport({
        verdict: 'fail',
        apis: [makeApi()],
        methods: names.map((name) => makeMethod({ path: `/${name}`, verdict: 'fail' })),
        findings: names.map((name) =>
          makeFinding({ rule: 'signed-rejected', path: `/${name}`, message: `Refused ${name}.` }),
        ),
      }),
    );
    for (const name of names)
      expect(text).toMatch(new RegExp(`\\| GET \`/${name}\`.*<br>Refused ${name}\\. \\|`));
    expect(text.split('Refused').length).toBe(4);
  });

  test('that no line holds lose no finding', () => {
    const gone = makeFinding({ path: '/gone', message: 'On the deployment that was rolled back.' });
    const text = render(makeReport({ verdict: 'fail', apis: [makeApi()], findings: [gone] }));
    expect(text).toContain(
      '- ❌ open `deployed-not-iam`, **`GET /gone`** in orders/prod: On the deployment that was rolled back.',
    );
  });

  test('are there of an API that the report does not list', () => {
    const methods = [makeMethod({ api: 'zzz', verdict: 'fail' })];
    expect(render(makeReport({ methods }))).toContain('❌ zzz');
  });
});

describe('links', () => {
  const LINKS: Links = {
    rules: 'https://github.com/o/gate/blob/v1/docs/how-it-judges.md',
    repository: 'https://github.com/o/r',
    commit: 'c'.repeat(40),
    run: 'https://github.com/o/r/actions/runs/1',
  };

  test('lead to the rule, the line at the commit, the run and its artifacts', () => {
    const text = renderMarkdown(
      makeReport({
        verdict: 'fail',
        findings: [makeFinding({ location: { file: 'infra/a b(1).yml', line: 7 } })],
      }),
      MEBIBYTE,
      { links: LINKS },
    );
    expect(text).toContain(
      '[`deployed-not-iam`](https://github.com/o/gate/blob/v1/docs/how-it-judges.md#deployed-not-iam)',
    );
    expect(text).toContain(
      `](https://github.com/o/r/blob/${'c'.repeat(40)}/infra/a%20b%281%29.yml#L7)`,
    );
    expect(text).toContain('[run](https://github.com/o/r/actions/runs/1)');
    expect(text).toContain('[artifacts](https://github.com/o/r/actions/runs/1#artifacts)');
  });

  test('lead to a file of another repository at its own ref', () => {
    const remote = { owner: 'org', repo: 'policies', path: 'gate.yml', ref: 'v2' };
    const location = { file: 'org/policies/gate.yml@v2', line: 3, remote };
    const text = renderMarkdown(makeReport({ findings: [makeFinding({ location })] }), MEBIBYTE, {
      links: LINKS,
    });
    expect(text).toContain('](https://github.com/org/policies/blob/v2/gate.yml#L3)');
  });

  test('lead to a checked out file whatever its name looks like', () => {
    const part = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(part, part, part, part, (owner, repo, path, ref) => {
        const file = `${owner}/${repo}/${path}.yml@${ref}`;
        const [link] = fileLink({ file, line: 1 }, LINKS);
        expect(link).toMatchObject({
          href: `https://github.com/o/r/blob/${'c'.repeat(40)}/${file.replace('@', '%40')}#L1`,
        });
      }),
    );
  });

  test('of a hostile file of another repository stay one link of this server', () => {
    const text = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, text, text, text, (owner, repo, path, ref) => {
        const [link] = fileLink({ file: 'x', line: 1, remote: { owner, repo, path, ref } }, LINKS);
        if (typeof link !== 'object' || link.kind !== 'link') return;
        expect(link.href).toMatch(/^https:\/\/github\.com\/[\w./%-]*#L1$/);
        expect(link.href).not.toMatch(/\/\.\.?\//);
      }),
    );
  });

  test('of a hostile file stay one link of this server', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary' })),
        (file) => {
          const [link] = fileLink({ file, line: 1 }, LINKS);
          if (typeof link !== 'object' || link.kind !== 'link') return;
          expect(link.href).toMatch(
            /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/blob\/[\w./%-]*#L1$/,
          );
          expect(link.href).not.toMatch(/\/\.\.?\//);
        },
      ),
    );
  });
});

describe('a brief report', () => {
  const view = { links: NO_LINKS, isBrief: true };

  test('has the worst ten lines, counts the rest, and says where it is', () => {
    const report = makeLargeReport({ methods: 40, findings: 30, stages: 1 });
    const text = renderMarkdown(report, MEBIBYTE, view);
    expect(listTables(text).reduce((sum, { rows }) => sum + rows.length, 0)).toBe(10);
    expect(text).toContain("… and 20 more lines like these in the run's summary.");
    expect(text).toContain('Other methods: ✅ 10 in order');
    expect(text).not.toContain('<details>');
  });
});

describe('changes', () => {
  test('show what enforce changed, moved and left alone, and why', () => {
    const text = render(makeEnforcedReport());
    expect(text).toContain('### What enforce changed');
    expect(text).toContain(
      '| ✅ applied | GET `/pets` · API orders | <del>**NONE**</del> → AWS_IAM |',
    );
    expect(text).toContain('❌ failed');
    expect(text).toContain('| ✅ moved | orders/prod | `dep123` → `dep999` |');
    expect(text).toContain(
      '| **CUSTOM** | POST `/pets` · API orders | It has an authorizer, and replace-authorizers is not set. |',
    );
  });

  test('of a plan say that nothing has changed yet', () => {
    const report: Report = {
      ...makeEnforcedReport(),
      mode: 'plan',
      deployments: [
        {
          api: 'a1b2c3d4e5',
          deploymentId: null,
          stages: [{ name: 'prod', from: null, state: 'planned' }],
        },
      ],
    };
    const text = render(report);
    expect(text).toContain('nothing changed yet, 2 methods to change');
    expect(text).toContain('### What enforce would change');
    expect(text).toContain('| 📝 planned | orders/prod | none → a new one |');
  });

  test('are not mentioned by an audit', () => {
    expect(render({ ...makeEnforcedReport(), mode: 'audit' })).not.toContain('What enforce');
  });
});

describe('hostile text', () => {
  test('changes neither the tables nor the elements of the report, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...HOSTILE_TEXTS),
        fc.string({ unit: 'binary' }),
        (piece, more) => {
          const text = render(fillEverywhere(`${piece}${more}`));
          const plain = render(fillEverywhere('x'));
          const shapes = [text, plain].map((markdown) =>
            listTables(markdown).map((table) => table.rows.map((row) => row.length)),
          );
          expect(shapes[0]).toEqual(shapes[1]);
          expect(listElements(text)).toEqual(listElements(plain));
        },
      ),
    );
  });
});

describe('the limit', () => {
  test('holds for any report and any limit', () => {
    const size = fc.record({
      methods: fc.nat(60),
      findings: fc.nat(60),
      stages: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(size, fc.nat(12_000), (sizes, limit) => {
        const text = renderMarkdown(makeLargeReport(sizes), limit);
        expect(utf8Bytes(text)).toBeLessThanOrEqual(limit);
      }),
    );
  });

  test('cuts nothing from a report that just fits', () => {
    const report = makeMixedReport();
    const whole = render(report);
    expect(renderMarkdown(report, utf8Bytes(whole))).toBe(whole);
    expect(renderMarkdown(report, utf8Bytes(whole) - 1)).toContain('Shortened to fit');
  });

  test.each([MEBIBYTE, 65_000])(
    'of %i bytes keeps the totals and the worst of 10,000 methods and 3,000 findings',
    (limit) => {
      const report = makeLargeReport({ methods: 10_000, findings: 3_000, stages: 4 });
      const text = renderMarkdown(report, limit);
      expect(utf8Bytes(text)).toBeLessThanOrEqual(limit);
      expect(utf8Bytes(text)).toBeGreaterThan(limit * 0.95);
      expect(text).toMatch(/^## ❌ Fail: 2,700 of 10,000 methods can be called without IAM\n/);
      expect(text).toContain('2,700 errors and 300 warnings');
      expect(countLeftOut(text) + countLines(text)).toBe(10_000);
    },
  );

  test('leaves out nothing of 1,200 methods of 400 APIs', () => {
    const report = makeRegion(400, 3);
    const text = renderMarkdown(report, MEBIBYTE);
    expect(utf8Bytes(text)).toBeLessThan(MEBIBYTE);
    expect(text).not.toContain('Shortened');
    expect(countLines(text)).toBe(1200);
    expect(text).toMatch(/^## ❌ Fail: 40 of 400 APIs have open methods\n/);
  });

  test('folds stay closed where their rows are cut', () => {
    const report = makeLargeReport({ methods: 2_000, findings: 1_000, stages: 2 });
    for (const limit of [5_000, 20_000, 60_000, 120_000]) {
      const text = renderMarkdown(report, limit);
      expect(text.split('<details>').length).toBe(text.split('</details>').length);
    }
  });
});

/** What the notice says was left out. */
function countLeftOut(text: string): number {
  const [, total = '0'] = /lines of detail left out: ([\d,]+)\./.exec(text) ?? [];
  return Number(total.replaceAll(',', ''));
}

/** The methods' lines that are there. */
function countLines(text: string): number {
  return text.split('\n').filter((line) => /^\| [^|]+ \| GET /.test(line)).length;
}

/** A region of so many APIs, of which each tenth has an open method. */
function makeRegion(apis: number, methods: number): Report {
  const ids = Array.from({ length: apis }, (_, index) => `api${String(index).padStart(7, '0')}`);
  const isOpen = (api: number, method: number): boolean => api % 10 === 0 && method === 0;
  return makeReport({
    verdict: 'fail',
    apis: ids.map((id) => makeApi({ id, name: `service-${id}` })),
    methods: ids.flatMap((api, index) =>
      Array.from({ length: methods }, (_, number) =>
        makeMethod({
          api,
          path: `/resource-${number}/{id}`,
          ...(isOpen(index, number) ? { deployed: 'NONE', verdict: 'fail' } : {}),
        }),
      ),
    ),
    findings: ids
      .filter((_, index) => isOpen(index, 0))
      .map((api) => makeFinding({ api, path: '/resource-0/{id}' })),
  });
}

function listTables(markdown: string): Tokens.Table[] {
  const tables: Tokens.Table[] = [];
  void marked.walkTokens(marked.lexer(markdown), (token: Token) => {
    if (isTable(token)) {
      tables.push(token);
    }
  });
  return tables;
}

function isTable(token: Token): token is Tokens.Table {
  return token.type === 'table';
}

/** The elements of the rendered report in order, but for those that only style text. */
function listElements(markdown: string): string[] {
  const html = marked.parse(markdown, { async: false });
  return [...html.matchAll(/<[^>]*>/g)]
    .map(([element]) => element.replace(/api-[0-9a-f]{6}/, 'api'))
    .filter((element) => !/^<\/?(?:code|wbr)>$/.test(element));
}
