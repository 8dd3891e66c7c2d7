import type { Links } from '../report/document/links.js';
import type { Delivered } from './delivered.js';
import { decideDrift } from './drift.js';
import { renderDriftBody } from './drift-body.js';
import { readState } from './drift-state.js';
import { asOfLine, tellsOfLater } from './github/as-of.js';
import { type Author, findOwn } from './github/author.js';
import type { GitHub } from './github/client.js';
import type { GitHubContext, Repository } from './github/context.js';
import { createOnce, WITHOUT_RETRIES } from './github/create-once.js';
import { isGitHubError, type Need } from './github/failure.js';
import { itemsOfPages, refuseNothingNamed } from './github/listed.js';
import { type AuditedSet, hasMarker, keyOf, markerOf } from './github/marker.js';

export const DRIFT_ISSUE_NEED: Need = {
  what: 'The drift issue',
  permission: 'issues: write',
  absent: 'the repository has no issues',
};

const LABEL = 'apigw-iam-gate';

const DONE = { open: 'opened', update: 'updated', close: 'closed', reopen: 'reopened' } as const;

/** Whose issue it is, and when what it tells was looked at. */
export interface DriftSettings {
  readonly audited: AuditedSet;
  readonly links: Links;
  /** When the audit began to read, in milliseconds since the epoch. */
  readonly begunAtMs: number;
}

/**
 * One rolling issue for each set of APIs and stages: opened by the first failing audit, updated by
 * every one after it, closed by a complete clean one and by nothing else, and reopened rather than
 * opened again. Found by its label, its marker and its author.
 *
 * @returns what happened, in a line for the log.
 */
export async function publishDriftIssue(
  report: Delivered,
  { audited, links, begunAtMs }: DriftSettings,
  context: GitHubContext,
  github: GitHub,
  author: Author,
): Promise<string> {
  const why = whyNotHere(report, context);
  if (why !== null) return `drift-issue: ${why}; nothing written`;

  const { repository } = context;
  const marker = markerOf('drift', keyOf(audited));
  const hidden = `${marker}\n${asOfLine({ atMs: begunAtMs })}`;
  const find = () => findIssue(repository, marker, github, author);
  const found = await find();
  const own = found?.own ?? null;
  // Shards that are run again are merged with what the others read before: another audit may know better.
  if (own !== null && tellsOfLater(own, { atMs: begunAtMs })) {
    return `drift-issue: an audit that began later has written #${own.number}; nothing written`;
  }
  const step = decideDrift(report, own?.state ?? null, readState(own?.body ?? ''));
  if (step === 'nothing') return `drift-issue: ${report.verdict}, and there is no open issue`;

  if (own === null) {
    await ensureLabel(repository, github);
    const result = await createOnce(
      () =>
        github.rest.issues.create({
          ...repository,
          title: report.driftTitle(audited),
          body: renderDriftBody(report, hidden, null, links, context.runUrl),
          labels: [LABEL],
          ...WITHOUT_RETRIES,
        }),
      find,
    );
    const number = 'found' in result ? result.found.own.number : result.created.data.number;
    refuseNothingNamed(number);
    return `drift-issue: #${number} opened`;
  }

  const updated = await github.rest.issues.update({
    ...repository,
    issue_number: own.number,
    body: renderDriftBody(report, hidden, own.body, links, context.runUrl),
    ...(step === 'close' ? { state: 'closed' as const, state_reason: 'completed' as const } : {}),
    ...(step === 'reopen' ? { state: 'open' as const, state_reason: 'reopened' as const } : {}),
  });
  refuseNothingNamed(updated.data.number);
  for (const number of found?.others ?? []) {
    await github.rest.issues.update({
      ...repository,
      issue_number: number,
      body: `${marker}\nTwo audits at once opened an issue each. Drift is told in #${own.number}.\n`,
      state: 'closed',
      state_reason: 'not_planned',
    });
  }
  return `drift-issue: #${own.number} ${DONE[step]}`;
}

/**
 * Drift is what differs without anybody having changed the repository: a pull request's own run must
 * neither open nor close the issue. `workflow_dispatch` lets somebody ask again after mending.
 */
function whyNotHere({ mode }: Delivered, { event, onDefaultBranch }: GitHubContext): string | null {
  if (mode !== 'audit') return `mode ${mode} is no audit`;
  if (event === 'schedule') return null;
  if (event !== 'workflow_dispatch') return `a run of ${event} is no scheduled audit`;
  return onDefaultBranch ? null : 'the run is not on the default branch';
}

/** What is told of an issue. */
interface Found {
  readonly number: number;
  readonly state: string;
  readonly body: string | null;
  readonly updated_at: string;
}

/**
 * The issue that is open, else the one that was closed; of several the oldest, whose link others may
 * have. The others that are open are what audits at the same time opened besides.
 */
async function findIssue(
  repository: Repository,
  marker: string,
  github: GitHub,
  author: Author,
): Promise<{ own: Found; others: readonly number[] } | null> {
  const listing = { ...repository, labels: LABEL, state: 'all' as const, per_page: 100 };
  const all = await github.paginate(github.rest.issues.listForRepo, listing, itemsOfPages());
  const marked = all.filter(
    (issue) => issue.pull_request === undefined && hasMarker(issue.body, marker),
  );
  const written = await findOwn(marked, author, github);
  const oldest = written.toSorted((a, b) => a.number - b.number);
  const open = oldest.filter(({ state }) => state === 'open');
  const [own] = open.length > 0 ? open : oldest;
  if (own === undefined) return null;
  return {
    own: {
      ...{ number: own.number, state: own.state, body: own.body ?? null },
      updated_at: own.updated_at,
    },
    others: open.slice(1).map(({ number }) => number),
  };
}

/** An issue without the label would not be found again, and the next audit would open another. */
async function ensureLabel(repository: Repository, github: GitHub): Promise<void> {
  try {
    await github.rest.issues.getLabel({ ...repository, name: LABEL });
  } catch (error) {
    if (!isGitHubError(error) || error.status !== 404) throw error;
    await createLabel(repository, github);
  }
}

async function createLabel(repository: Repository, github: GitHub): Promise<void> {
  try {
    await github.rest.issues.createLabel({
      ...repository,
      name: LABEL,
      color: 'd93f0b',
      description: 'Methods of API Gateway without IAM authorization',
    });
  } catch (error) {
    // 422, "already_exists": another job was faster, or an attempt that seemed to fail did not.
    if (!isGitHubError(error) || error.status !== 422) throw error;
  }
}
