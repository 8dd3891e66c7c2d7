import type { CommentWhen } from '../inputs/table.js';
import { renderComment } from '../report/comment.js';
import type { Links } from '../report/document/links.js';
import type { Delivered } from './delivered.js';
import { asOfLine, tellsOfLater } from './github/as-of.js';
import { type Author, findOwn } from './github/author.js';
import type { GitHub } from './github/client.js';
import type { GitHubContext } from './github/context.js';
import { createOnce, WITHOUT_RETRIES } from './github/create-once.js';
import type { Need } from './github/failure.js';
import { itemsOfPages, refuseNothingNamed } from './github/listed.js';
import { type AuditedSet, hasMarker, keyOf, markerOf } from './github/marker.js';

export const COMMENT_NEED: Need = {
  what: 'The pull request comment',
  permission: 'pull-requests: write',
  absent: 'the pull request is gone or locked',
};

/** A comment as far as it is told apart from others. */
interface Written {
  readonly id: number;
  readonly body?: string | undefined;
  readonly updated_at: string;
}

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
  const { headSha, updatedAtMs } = pullRequest;
  const look = updatedAtMs === null ? null : { atMs: updatedAtMs, commit: headSha };
  const body = renderComment(
    (limitBytes) => report.markdown(limitBytes, { links: settings.links, isBrief: true }),
    look === null ? marker : `${marker}\n${asOfLine(look)}`,
    `<sub>apigw-iam-gate at ${headSha.slice(0, 12)} · <a href="${runUrl}">run</a></sub>`,
  );
  const find = async () => {
    const listing = { ...issue, per_page: 100 };
    const all = await github.paginate(github.rest.issues.listComments, listing, itemsOfPages());
    const marked = all.filter((comment) => hasMarker(comment.body, marker));
    const [own, ...others] = await findOwn(marked, author, github);
    return own === undefined ? null : { own, others };
  };
  const write = async (id: number, text: string): Promise<void> => {
    const changed = { ...repository, comment_id: id, body: text };
    const { data } = await github.rest.issues.updateComment(changed);
    refuseNothingNamed(data.id);
  };
  const update = async ({ own, others }: { own: Written; others: readonly Written[] }) => {
    await write(own.id, body);
    // Two runs at once may have written one each, and what nobody edits would stay as it was.
    const pointer = `${marker}\nThe report is in [another comment](#issuecomment-${own.id}).\n`;
    for (const other of others) if (other.body !== pointer) await write(other.id, pointer);
    return 'comment: updated';
  };

  const found = await find();
  // A run of an older commit may end last, or be run again.
  if (found !== null && look !== null && tellsOfLater(found.own, look)) {
    return 'comment: it is of a newer commit; nothing written';
  }
  if (found !== null) return update(found);
  if (settings.when === 'on-failure' && report.verdict === 'pass') {
    return 'comment: nothing failed, and there is none to update';
  }
  const result = await createOnce(
    () => github.rest.issues.createComment({ ...issue, body, ...WITHOUT_RETRIES }),
    find,
  );
  if ('found' in result) return update(result.found);
  refuseNothingNamed(result.created.data.id);
  return 'comment: created';
}
