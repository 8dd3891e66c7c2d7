import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { marked, type Token, type Tokens } from 'marked';
import { utf8Bytes } from '../../../src/report/clip.js';
import { renderMarkdown } from '../../../src/report/markdown.js';
import type { Report } from '../../../src/report/report.js';
import {
  HOSTILE_TEXTS,
  makeApi,
  makeEnforcedReport,
  makeException,
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
  test('says the verdict, the counts, the mode and the region before anything else', () => {
    expect(render(makeMixedReport()).split('\n').slice(0, 3)).toEqual([
      '## ❌ Fail: 7 errors and 1 warning in 11 methods',
      '',
      '`audit` of 3 APIs and 2 stages in `eu-west-1` · 5 methods in order, **5 failing**, 1 incomplete · nothing changed',
    ]);
  });

  test('of a clean pass says that there is nothing to fix', () => {
    const report = makeReport({ apis: [makeApi()], methods: [makeMethod()] });
    expect(render(report)).toMatch(/^## ✅ Pass: 1 method checked, nothing to fix\n/);
  });

  test('of an incomplete run says that it is not a pass', () => {
    const text = render(makeReport({ verdict: 'incomplete' }));
    expect(text).toMatch(/^## ⚠️ Incomplete: /);
    expect(text).toContain('**This is not a pass.**');
  });

  test('carries the notes', () => {
    expect(render(makeReport({ notes: ['First.', 'Second.'] }))).toContain(
      '> First.\n>\n> Second.',
    );
  });
});

describe('findings', () => {
  test('come worst rule first, a heading a rule', () => {
    const rules = [...render(makeMixedReport()).matchAll(/^#### .{1,2} `(.*)`: (.*)$/gmu)];
    expect(rules.map(([, rule, total]) => `${rule} ${total}`)).toEqual([
      'unsigned-accepted 1 error',
      'deployed-not-iam 2 errors',
      'canary-not-iam 1 error',
      'configured-not-iam 2 errors',
      'unreadable 1 error',
      'undeployed-change 1 warning',
    ]);
  });

  test('with the same fix say it once, with the methods beneath', () => {
    const findings = ['/a', '/b', '/c'].map((path) => makeFinding({ path, fix: 'Close it.' }));
    const text = render(makeReport({ verdict: 'fail', apis: [makeApi()], findings }));
    expect(text.split('Close it.').length).toBe(2);
    expect(text).toContain(
      '- **`GET /a`** in orders/prod\n- **`GET /b`** in orders/prod\n- **`GET /c`** in orders/prod',
    );
  });

  test('with many different fixes say each beside its method', () => {
    const findings = ['a', 'b', 'c', 'd', 'e'].map((name) =>
      makeFinding({ path: `/${name}`, message: `Open ${name}.`, fix: `Close ${name}.` }),
    );
    const text = render(makeReport({ verdict: 'fail', findings }));
    expect(text).toContain('in `a1b2c3d4e5/prod`: Open a.<br>**Fix:** Close a.');
    expect(text).toContain(': Open e.<br>**Fix:** Close e.');
  });

  test('beyond the first ten are folded', () => {
    const report = makeLargeReport({ methods: 40, findings: 30, stages: 1 });
    expect(render(report)).toContain(
      '<details><summary>17 more findings of the same kind</summary>',
    );
  });
});

describe('a table a stage', () => {
  test('shows failing methods first, then incomplete ones, then by path', () => {
    const [table] = listTables(render(makeMixedReport()));
    expect(table?.rows.map((row) => `${row[0]?.text} ${row[1]?.text} ${row.at(-1)?.text}`)).toEqual(
      [
        'POST `/pets` ❌ fail',
        'DELETE `/pets/{id}` ❌ fail',
        'GET `/pets/{id}` ❌ fail',
        'GET `/search` ❌ fail',
        'ANY `/files/{proxy+}` ⚠️ incomplete',
        'GET `/health` ✅ pass',
        'GET `/pets` ✅ pass',
        'OPTIONS `/pets` ✅ preflight',
      ],
    );
  });

  test('has the columns that the stage can fill', () => {
    const titles = listTables(render(makeMixedReport())).map((table) =>
      table.header.map((cell) => cell.text).join(' '),
    );
    expect(titles).toEqual([
      'Method Path Configured Deployed Canary Unsigned Signed Verdict',
      'Method Path Configured Verdict',
      'Method Path Configured Deployed Unsigned Signed Verdict',
    ]);
  });

  test('shows answers, what is absent and what is unreadable in words', () => {
    const methods = [
      makeMethod({
        configured: null,
        deployed: 'unreadable',
        tampered: { status: 403, answer: 'bad-signature' },
        signed: { status: null, answer: 'timed-out' },
        verdict: 'incomplete',
      }),
    ];
    expect(render(makeReport({ apis: [makeApi()], methods }))).toContain(
      '| GET | `/pets` | — | *unreadable* | 403 missing-token | 403 bad-signature | timed-out | ⚠️ incomplete |',
    );
  });

  test('says once, below, why methods were not probed', () => {
    const methods = [
      makeUnprobed('no idea', { path: '/a', verdict: 'fail' }),
      makeUnprobed('has parameters', { path: '/b' }),
      makeUnprobed('has parameters', { path: '/c' }),
    ];
    const text = render(makeReport({ verdict: 'fail', apis: [makeApi()], methods }));
    expect(text).toContain(
      '<sub>No request sent. ¹ 2 methods: has parameters · ² 1 method: no idea</sub>',
    );
    expect(text).toContain('| GET | `/b` | AWS_IAM | AWS_IAM | —¹ | —¹ | ✅ pass |');
  });

  test('is folded where everything is in order', () => {
    expect(render(makeMixedReport())).toMatch(
      /<details><summary>✅ billing\/prod: 2 methods in order<\/summary>\n\n[\s\S]*\n\n<\/details>\n$/,
    );
  });

  test('has no tick where no method was listed, since none was judged', () => {
    const text = render(makeReport({ verdict: 'incomplete', apis: [makeApi()] }));
    expect(text).toContain('<details><summary>orders/prod: no methods listed</summary>');
    expect(text).not.toContain('✅');
  });

  test('folds the methods in order away from a few failing ones', () => {
    const report = makeLargeReport({ methods: 100, findings: 2, stages: 1 });
    const text = render(report);
    expect(listTables(text)[0]?.rows.length).toBe(2);
    expect(text).toContain(
      '<details><summary>✅ orders/stage0, the rest: 98 methods in order</summary>',
    );
  });

  test('is there for methods of an API that the report does not list', () => {
    expect(
      render(makeReport({ methods: [makeMethod({ api: 'zzz', verdict: 'fail' })] })),
    ).toContain('#### ❌ zzz/prod: 1 failing');
  });
});

describe('changes', () => {
  test('show what enforce changed, moved and left alone, and why', () => {
    const text = render(makeEnforcedReport());
    expect(text).toContain('### What enforce changed');
    expect(text).toContain(
      '| orders | GET | `/pets` | <del>**NONE**</del> → AWS_IAM | ✅ applied |',
    );
    expect(text).toContain('❌ failed');
    expect(text).toContain('| orders | prod | `dep123` → `dep999` | ✅ moved |');
    expect(text).toContain(
      '**CUSTOM** | It has an authorizer, and replace-authorizers is not set.',
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
    expect(text).toContain('| orders | prod | none → a new one | 📝 planned |');
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
      expect(text).toMatch(/^## ❌ Fail: 2,700 errors and 300 warnings in 10,000 methods\n/);
      expect(text).toContain('7,000 methods in order, **3,000 failing**');
      expect(text.indexOf('`deployed-not-iam`: 2,700 errors')).toBeLessThan(
        text.indexOf('`undeployed-change`: 300 warnings'),
      );
      for (const stage of ['stage0', 'stage1', 'stage2', 'stage3']) {
        expect(text).toContain(`#### ❌ orders/${stage}: 750 failing, 1,750 in order`);
      }
      expect(countLeftOut(text) + countLines(text)).toBe(10_000 + 3_000);
    },
  );

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

/** The findings' items and the methods' rows that are there. */
function countLines(text: string): number {
  return text.split('\n').filter((line) => /^(?:- \*\*`GET|\| GET )/.test(line)).length;
}

/** A report that holds one text in every place that AWS or a repository can fill. */
function fillEverywhere(text: string): Report {
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
    notes: [text],
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
    .map(([element]) => element)
    .filter((element) => !/^<\/?(?:code|wbr)>$/.test(element));
}
