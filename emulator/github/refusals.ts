import { type GitHubAnswer, refusal } from './answers.js';
import type { Identity, Issue, RepositoryState } from './model.js';

/*
 * What GitHub refuses although its OpenAPI description allows it.
 */

/** "body is too long (maximum is 65536 characters)": comments and issues alike. */
const MAX_BODY_LENGTH = 65_536;

/** highlight/highlight pull request 6461: "title is too long (maximum is 256 characters)". */
const MAX_TITLE_LENGTH = 256;

/** GitHub Docs, REST API, "Labels": names of at most 50 characters, descriptions of at most 100. */
const MAX_LABEL_LENGTH = 50;
const MAX_LABEL_DESCRIPTION_LENGTH = 100;

/** GitHub Docs, REST API, "Create a check run": an annotation's title and message. */
const MAX_ANNOTATION_TITLE_LENGTH = 255;
const MAX_ANNOTATION_MESSAGE_BYTES = 64 * 1024;

type Json = Readonly<Record<string, unknown>>;

/**
 * "Write permission for the REST API to interact with checks is only available to GitHub Apps" (GitHub
 * Docs, "REST API endpoints for check runs"). A classic personal token is told so
 * (actions/github-script issue 118), a fine-grained one what it is told of everything
 * (github/rest-api-description issue 4290).
 */
export function refuseNoApp({ type, token }: Identity): GitHubAnswer | null {
  if (type === 'Bot') return null;
  return token === 'fine-grained'
    ? refusal(403, 'Resource not accessible by personal access token')
    : refusal(403, 'You must authenticate via a GitHub App.');
}

/** A body of a comment or an issue. */
export function refuseBody(resource: 'Issue' | 'IssueComment', body: unknown): GitHubAnswer | null {
  const text = String(body ?? '');
  if (resource === 'IssueComment' && text.trim() === '') {
    return invalid(resource, 'data', 'unprocessable', "Body can't be blank");
  }
  return text.length > MAX_BODY_LENGTH
    ? invalid(
        resource,
        resource === 'Issue' ? 'body' : 'data',
        'unprocessable',
        `Body is too long (maximum is ${MAX_BODY_LENGTH} characters)`,
      )
    : null;
}

/** The title of an issue: DavyJonesLocker/party_foul pull request 122, an answer as recorded. */
export function refuseTitle(title: unknown): GitHubAnswer | null {
  const text = String(title);
  if (text.trim() === '') return invalid('Issue', 'title', 'missing_field', "title can't be blank");
  return text.length > MAX_TITLE_LENGTH
    ? invalid(
        'Issue',
        'title',
        'custom',
        `title is too long (maximum is ${MAX_TITLE_LENGTH} characters)`,
      )
    : null;
}

/** A comment on what is locked. */
export function refuseLocked({ isLocked }: Issue): GitHubAnswer | null {
  return isLocked === true
    ? refusal(403, 'Unable to create comment because issue is locked.')
    : null;
}

export function refuseLabel({ name, description }: Json): GitHubAnswer | null {
  if (String(name).length > MAX_LABEL_LENGTH) {
    return invalid('Label', 'name', 'invalid', 'name is too long (maximum is 50 characters)');
  }
  return String(description ?? '').length > MAX_LABEL_DESCRIPTION_LENGTH
    ? invalid(
        'Label',
        'description',
        'invalid',
        'description is too long (maximum is 100 characters)',
      )
    : null;
}

/** A commit that is not in the repository: GitHub's words for a status and a check run alike. */
export function refuseCommit({ commits }: RepositoryState, sha: unknown): GitHubAnswer | null {
  return commits === null || commits.has(String(sha))
    ? null
    : refusal(422, `No commit found for SHA: ${String(sha)}`);
}

/** The output and the address of a check run. */
export function refuseOutput({ details_url: url, output }: Json): GitHubAnswer | null {
  if (typeof url === 'string' && !/^https?:\/\//.test(url)) {
    return refusal(422, 'Invalid request. details_url must use http or https scheme');
  }
  if (typeof output !== 'object' || output === null) return null;
  const annotations: unknown = Reflect.get(output, 'annotations');
  const problems = (Array.isArray(annotations) ? annotations : []).flatMap(problemsOfAnnotation);
  return problems.length === 0 ? null : refusal(422, 'Validation Failed', problems);
}

function problemsOfAnnotation(annotation: unknown): string[] {
  if (typeof annotation !== 'object' || annotation === null) return ['annotation is no object'];
  const read = (name: string): unknown => Reflect.get(annotation, name);
  return [
    ...(String(read('path')) === '' ? ["path can't be blank"] : []),
    ...(Number(read('start_line')) < 1 ? ['start_line must be at least 1'] : []),
    ...(Number(read('end_line')) < Number(read('start_line'))
      ? ['end_line must not be before start_line']
      : []),
    ...(String(read('title') ?? '').length > MAX_ANNOTATION_TITLE_LENGTH
      ? ['title is too long (maximum is 255 characters)']
      : []),
    ...(Buffer.byteLength(String(read('message'))) > MAX_ANNOTATION_MESSAGE_BYTES
      ? ['message is too long (maximum is 64 KB)']
      : []),
    ...(String(read('message')).trim() === '' ? ["message can't be blank"] : []),
  ];
}

function invalid(resource: string, field: string, code: string, message: string): GitHubAnswer {
  return refusal(422, 'Validation Failed', [{ resource, code, field, message }]);
}
