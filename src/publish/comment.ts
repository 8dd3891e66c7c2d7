import type { CommentWhen } from '../inputs/table.js';
import { renderComment } from '../report/comment.js';
import type { Links } from '../report/document/links.js';
import type { Delivered } from './delivered.js';
import { type Author, pickOwn } from './github/author.js';
import type { GitHub } from './github/client.js';
import type { GitHubContext } from './github/context.js';
import { createOnce, WITHOUT_RETRIES } from './github/create-once.js';
import type { Need } from './github/failure.js';
import { itemsOfPages, refuseNothingCreated } from './github/listed.js';
import { type AuditedSet, hasMarker, keyOf, markerOf } from './github/marker.js';

export const COMMENT_NEED: Need = {
  what: 'The pull request comment',
  permission: 'pull-requests: write',
  absent: 'the pull request is gone or locked',
};

/**
 * One comment on the pull request for each job and set of APIs and stages, edited in place. With
 * `on-failure` a pass creates none, and turns one that is there green.
 *
 * @returns what happened, in a line for the log.
 */
export async function publishComment(
  report: Delivered,
  settings: { readonly when: CommentWhen; readonly audited: AuditedSet; readonly links: Links },
  context: GitHubContext,
  github: GitHub,
  author: Author,
): Promise<string> {
  const { pullRequest, repository, workflow, job, runUrl } = context;
  if (pullRequest === null) {
    return `comment: a run of ${context.event} belongs to no single pull request; nothing written`;
  }
  const issue = { ...repository, issue_number: pullRequest.number };
  const marker = markerOf('comment', keyOf(settings.audited, workflow, job));
  const body = renderComment(
    (limitBytes) => report.markdown(limitBytes, { links: settings.links, isBrief: true }),
    marker,
    `<sub>apigw-iam-gate at ${pullRequest.headSha.slice(0, 12)} · <a href="${runUrl}">run</a></sub>`,
  );
  const find = async () => {
    const listing = { ...issue, per_page: 100 };
    const all = await github.paginate(github.rest.issues.listComments, listing, itemsOfPages());
    return pickOwn(
      all.filter((comment) => hasMarker(comment.body, marker)),
      author,
    );
  };
  const update = async (id: number): Promise<string> => {
    await github.rest.issues.updateComment({ ...repository, comment_id: id, body });
    return 'comment: updated';
  };

  const own = await find();
  if (own !== null) return update(own.id);
  if (settings.when === 'on-failure' && report.verdict === 'pass') {
    return 'comment: nothing failed, and there is none to update';
  }
  const result = await createOnce(
    () => github.rest.issues.createComment({ ...issue, body, ...WITHOUT_RETRIES }),
    find,
  );
  if ('found' in result) return update(result.found.id);
  refuseNothingCreated(result.created.data.id);
  return 'comment: created';
}
