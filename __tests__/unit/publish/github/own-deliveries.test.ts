import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Octokit } from '@octokit/core';
import { paginateRest } from '@octokit/plugin-paginate-rest';
import { restEndpointMethods } from '@octokit/plugin-rest-endpoint-methods';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import fc from 'fast-check';
import type { Identity, Issue } from '../../../../emulator/github/model.js';
import {
  ACTIONS_TOKEN,
  APP_TOKEN,
  type GitHubEmulator,
  startGitHub,
  USER_TOKEN,
} from '../../../../emulator/github/server.js';
import { publishCheckRun } from '../../../../src/publish/check-run.js';
import { publishComment } from '../../../../src/publish/comment.js';
import { ofReport } from '../../../../src/publish/delivered.js';
import { publishDriftIssue } from '../../../../src/publish/drift-issue.js';
import { findAuthor } from '../../../../src/publish/github/author.js';
import type { GitHub } from '../../../../src/publish/github/client.js';
import type { GitHubContext, PullRequest } from '../../../../src/publish/github/context.js';
import { keyOf, markerOf } from '../../../../src/publish/github/marker.js';
import { NotGitHub } from '../../../../src/publish/github/whole-answer.js';
import { NO_LINKS } from '../../../../src/report/document/links.js';
import { makeFinding, makeMethod, makeReport } from '../../report/sample-report.js';

/*
 * Deliveries to a GitHub on which others have written as well: what is not this token's own is never
 * touched, and of its own one is kept up to date.
 */

const AUDITED = { region: 'eu-west-1', apiIds: '*', stages: '*', owner: '0a1b2c3d4e5f' } as const;
const SEVEN: PullRequest = {
  ...{ number: 7, headSha: 'a'.repeat(40), isFork: false, updatedAtMs: null },
};
const CONTEXT: GitHubContext = {
  repository: { owner: 'octo-org', repo: 'orders' },
  event: 'schedule',
  ref: 'refs/heads/main',
  sha: 'c'.repeat(40),
  pullRequest: SEVEN,
  onDefaultBranch: true,
  isDependabot: false,
  workflow: 'gate',
  job: 'audit',
  workflowFile: null,
  runUrl: 'https://github.com/octo-org/orders/actions/runs/1',
};
const DRIFT = markerOf('drift', keyOf(AUDITED));
const COMMENT = markerOf('comment', keyOf(AUDITED, 'gate', 'audit'));

const ACTIONS: Identity = { login: 'github-actions[bot]', type: 'Bot' };
const APP: Identity = { login: 'gate-app[bot]', type: 'Bot' };
const OTHER_APP: Identity = { login: 'echo-app[bot]', type: 'Bot' };
const MALLORY: Identity = { login: 'mallory', type: 'User' };
const OCTOCAT: Identity = { login: 'octocat', type: 'User' };

const FAILING = makeReport({
  verdict: 'fail',
  findings: [makeFinding()],
  methods: [makeMethod({ verdict: 'fail' })],
});
const PASSING = makeReport({ methods: [makeMethod()] });

let emulator: GitHubEmulator;
beforeEach(async () => {
  emulator = await startGitHub();
});
afterEach(async () => {
  await emulator.close();
  expect(emulator.violations).toEqual([]);
});

/** The action's own client without what spreads its writes over time. */
const Client = Octokit.plugin(restEndpointMethods, paginateRest, retry, throttling);

function client(token: string): GitHub {
  return new Client({
    auth: token,
    baseUrl: emulator.url,
    throttle: {
      enabled: false,
      onRateLimit: () => false,
      onSecondaryRateLimit: () => false,
    },
  });
}

const NIGHT = Date.UTC(2025, 10, 26, 3);

async function audit(token: string, report = FAILING, begunAtMs = NIGHT): Promise<string> {
  const github = client(token);
  const author = await findAuthor(github, token);
  const settings = { audited: AUDITED, links: NO_LINKS, begunAtMs };
  return publishDriftIssue(ofReport(report), settings, CONTEXT, github, author);
}

async function comment(
  token: string,
  report = FAILING,
  pullRequest: Partial<PullRequest> = {},
): Promise<string> {
  const github = client(token);
  const author = await findAuthor(github, token);
  const settings = { when: 'on-failure', audited: AUDITED, links: NO_LINKS } as const;
  const own = { ...SEVEN, ...pullRequest };
  const context = { ...CONTEXT, pullRequest: own };
  return publishComment(ofReport(report), settings, context, github, author);
}

function addIssue(number: number, user: Identity, parts: Partial<Issue> = {}): Issue {
  const issue: Issue = {
    ...{ number, user, title: 'x', labels: ['apigw-iam-gate'], isPullRequest: false },
    ...{ body: `${DRIFT}\nmine`, state: 'open', history: [] },
    ...parts,
  };
  emulator.repository.issues.set(number, issue);
  return issue;
}

function addComment(id: number, user: Identity): { readonly edits: number; readonly body: string } {
  const added = { id, issue: 7, user, body: `${COMMENT}\nmine`, edits: 0 };
  emulator.repository.comments.push(added);
  return added;
}

function asked(): string[] {
  return emulator.requests.map(({ operationId }) => operationId);
}

const WRITERS = [
  [ACTIONS_TOKEN, ACTIONS],
  [APP_TOKEN, APP],
  [USER_TOKEN, OCTOCAT],
] as const;

describe.each(WRITERS)('with the token %s', (token, own) => {
  const others = [ACTIONS, APP, OTHER_APP, MALLORY].filter(
    (it) => it.login !== own.login && !(own === APP && it === ACTIONS),
  );

  test('issues of others are left as they are, whatever they say', async () => {
    const foreign = others.map((user, index) => addIssue(100 + index, user));
    const mine = addIssue(50, own);
    for (const report of [FAILING, PASSING]) await audit(token, report);
    expect(foreign.map(({ history, state }) => [history, state])).toEqual(
      others.map(() => [[], 'open']),
    );
    expect(mine.history).toEqual(['edited', 'closed completed']);
  });

  test('where there are only those of others, one of its own is opened', async () => {
    const foreign = others.map((user, index) => addIssue(100 + index, user));
    expect(await audit(token)).toMatch(/^drift-issue: #1\d{3} opened$/);
    expect(foreign.every(({ history }) => history.length === 0)).toBe(true);
    expect(await audit(token, PASSING)).toMatch(/^drift-issue: #1\d{3} closed$/);
    expect(foreign.every(({ state }) => state === 'open')).toBe(true);
  });

  test('comments of others are left as they are', async () => {
    const foreign = others.map((user, index) => addComment(100 + index, user));
    await comment(token);
    await comment(token, PASSING);
    expect(foreign.map(({ edits }) => edits)).toEqual(others.map(() => 0));
    const mine = emulator.repository.comments.filter(({ user }) => user.login === own.login);
    expect(mine.map(({ edits }) => edits)).toEqual([1]);
  });

  test('of several of its own the oldest is kept, and the others say where it is', async () => {
    const issues = [60, 50, 70].map((number) => addIssue(number, own));
    const closed = addIssue(40, own, { state: 'closed' });
    expect(await audit(token)).toBe('drift-issue: #50 updated');
    expect(issues.map(({ state }) => state)).toEqual(['closed', 'open', 'closed']);
    expect(issues[0]?.body).toContain('Drift is told in #50.');
    expect(closed.history).toEqual([]);
    expect(await audit(token, PASSING)).toBe('drift-issue: #50 closed');
    expect(issues.map(({ history }) => history.length)).toEqual([1, 2, 1]);

    const comments = [1, 2, 3].map((id) => addComment(id, own));
    await comment(token);
    await comment(token);
    expect(comments.map(({ edits }) => edits)).toEqual([2, 1, 1]);
    expect(comments[1]?.body).toBe(
      `${COMMENT}\nThe report is in [another comment](#issuecomment-1).\n`,
    );
  });
});

describe('what was looked at before what stands there', () => {
  const HOUR = 3_600_000;

  test('neither opens, closes nor edits an issue, in whatever order audits end', async () => {
    const nights = fc.record({ hour: fc.nat(9), isOpen: fc.boolean(), isBlind: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(nights, { minLength: 2, maxLength: 8 }), async (audits) => {
        emulator.repository.issues.clear();
        // What the issue must say: nothing, until the first failing audit.
        let told: { readonly hour: number; readonly state: string } | null = null;
        for (const { hour, isOpen, isBlind } of audits) {
          const incomplete = { ...PASSING, verdict: 'incomplete' as const, incomplete: true };
          const report = isBlind ? incomplete : isOpen ? FAILING : PASSING;
          await audit(ACTIONS_TOKEN, report, NIGHT + hour * HOUR);
          if (told === null || hour >= told.hour) {
            const was: string = told?.state ?? 'none';
            const isSilent = isBlind || (!isOpen && was === 'none');
            const state = isSilent ? was : isOpen ? 'open' : 'closed';
            // Nothing is written where nothing is to be said, and so nothing is remembered.
            if (state !== 'none' && !(was === 'closed' && state === 'closed')) {
              told = { hour, state };
            }
          }
          const own = [...emulator.repository.issues.values()];
          expect(own.map(({ state }) => state)).toEqual(told === null ? [] : [told.state]);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('is said, and a later audit writes again', async () => {
    const issue = addIssue(50, ACTIONS);
    await audit(ACTIONS_TOKEN, FAILING, NIGHT + HOUR);
    expect(await audit(ACTIONS_TOKEN, PASSING, NIGHT)).toBe(
      'drift-issue: an audit that began later has written #50; nothing written',
    );
    expect(issue.history).toEqual(['edited']);
    await audit(ACTIONS_TOKEN, PASSING, NIGHT + 2 * HOUR);
    expect(issue.history).toEqual(['edited', 'closed completed']);
  });

  test('holds nobody up where the clock of the other one was wrong', async () => {
    const issue = addIssue(50, ACTIONS, { updatedAt: new Date(NIGHT).toISOString() });
    await audit(ACTIONS_TOKEN, FAILING, NIGHT + 24 * HOUR);
    await audit(ACTIONS_TOKEN, PASSING, NIGHT);
    expect(issue.history).toEqual(['edited', 'closed completed']);
  });

  test('does not take the place of the comment on a newer commit', async () => {
    const older = { headSha: 'a'.repeat(40), updatedAtMs: NIGHT };
    const newer = { headSha: 'b'.repeat(40), updatedAtMs: NIGHT + HOUR };
    expect(await comment(ACTIONS_TOKEN, FAILING, newer)).toBe('comment: created');
    expect(await comment(ACTIONS_TOKEN, PASSING, older)).toBe(
      'comment: it is of a newer commit; nothing written',
    );
    const [written] = emulator.repository.comments;
    expect(written?.body).toContain('## ❌');
    // The same commit, run again after somebody labelled the pull request.
    const again = { ...newer, updatedAtMs: NIGHT - HOUR };
    expect(await comment(ACTIONS_TOKEN, PASSING, again)).toBe('comment: updated');
    expect(written?.body).toContain('## ✅');
  });

  test('is not told apart where the event has no time', async () => {
    await comment(ACTIONS_TOKEN, FAILING);
    expect(await comment(ACTIONS_TOKEN, PASSING, { headSha: 'b'.repeat(40) })).toBe(
      'comment: updated',
    );
  });
});

test('a check run says in which file the findings are that it leaves out', async () => {
  const findings = Array.from({ length: 501 }, (_, index) => makeFinding({ path: `/${index}` }));
  const report = { ...FAILING, findings };
  const settings = {
    ...{ name: 'IAM', key: 'key', links: NO_LINKS },
    fallback: { file: 'gate.yml', line: 1 },
  };
  for (const dataFile of ['report.json', 'fleet.json']) {
    const delivered = { ...ofReport(report), dataFile };
    await publishCheckRun(delivered, settings, CONTEXT, client(ACTIONS_TOKEN));
    expect(emulator.repository.checkRuns.at(-1)?.text).toBe(
      `Annotated: the worst 500 findings; 1 more are in \`${dataFile}\`.`,
    );
  }
});

test.each(['checks/update', 'issues/update-comment', 'issues/update'])(
  'a success of %s that names nothing is no delivery',
  async (operationId) => {
    addIssue(50, ACTIONS);
    addComment(1, ACTIONS);
    emulator.injectFault({ operationId, effect: { kind: 'answer', status: 200 } });
    const findings = Array.from({ length: 51 }, (_, index) => makeFinding({ path: `/${index}` }));
    const check = { name: 'IAM', key: 'key', links: NO_LINKS, fallback: { file: 'a', line: 1 } };
    const delivered = ofReport({ ...FAILING, findings });
    const results = await Promise.allSettled([
      publishCheckRun(delivered, check, CONTEXT, client(ACTIONS_TOKEN)),
      comment(ACTIONS_TOKEN),
      audit(ACTIONS_TOKEN),
    ]);
    const failures = results.flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
    expect(failures).toEqual([new NotGitHub('a success that names nothing')]);
  },
);

test('GitHub is asked whose an App’s token is only where another app has written too', async () => {
  addIssue(50, ACTIONS);
  await audit(ACTIONS_TOKEN);
  expect(asked()).not.toContain('graphql');
  addIssue(51, OTHER_APP);
  await audit(ACTIONS_TOKEN);
  expect(asked().filter((it) => it === 'graphql')).toHaveLength(1);
});

test.each([403, 404])(
  'where GitHub answers %i to that, the workflow’s own goes first',
  async (status) => {
    emulator.injectFault({ operationId: 'graphql', effect: { kind: 'answer', status } });
    const foreign = addIssue(51, OTHER_APP);
    const mine = addIssue(52, ACTIONS);
    await audit(ACTIONS_TOKEN);
    expect([foreign.history, mine.history]).toEqual([[], ['edited']]);
  },
);

test('a body that somebody made remember texts without an end still fits', async () => {
  const { deflateRawSync } = await import('node:zlib');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60_000 }), async (length) => {
      const findings = Array.from({ length: 20 }, (_, at) => [
        `${at}`.repeat(99),
        '<'.repeat(length),
      ]);
      const state = deflateRawSync(JSON.stringify({ cut: false, findings })).toString('base64');
      const issue = addIssue(50, ACTIONS, {
        body: `${DRIFT}\n<!-- apigw-iam-gate:state:v1:${state} -->\n`,
      });
      await audit(ACTIONS_TOKEN, { ...FAILING, verdict: 'incomplete' });
      await audit(ACTIONS_TOKEN);
      expect(issue.history).toEqual(['edited', 'edited']);
      expect(issue.body.length).toBeLessThanOrEqual(65_536);
    }),
    { numRuns: 5 },
  );
});
