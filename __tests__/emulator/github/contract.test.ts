import { describe, expect, test } from '@jest/globals';
import { type ContractRequest, GitHubContract } from '../../../emulator/github/contract.js';

const contract = new GitHubContract();

function request(
  method: string,
  pathAndQuery: string,
  body: unknown = undefined,
  headers: Record<string, string> = {},
): ContractRequest {
  const [path = '', query = ''] = pathAndQuery.split('?');
  return {
    method,
    path,
    query: new URLSearchParams(query),
    headers: {
      'user-agent': 'apigw-iam-gate/1',
      accept: 'application/vnd.github.v3+json',
      'content-type': 'application/json',
      ...headers,
    },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}

const CHECK = { name: 'gate', head_sha: 'a'.repeat(40) };
const ANNOTATION = {
  path: 'a.yml',
  start_line: 1,
  end_line: 1,
  annotation_level: 'failure',
  message: 'x',
};

describe("GitHub's description", () => {
  test.each([
    ['issues/create-comment', 'POST', '/repos/o/r/issues/7/comments', { body: 'x' }],
    ['issues/list-comments', 'GET', '/repos/o/r/issues/7/comments?per_page=100&page=2', undefined],
    ['issues/list-for-repo', 'GET', '/repos/o/r/issues?labels=a&state=all', undefined],
    ['checks/create', 'POST', '/repos/o/r/check-runs', CHECK],
    ['repos/get-content', 'GET', '/repos/o/r/contents/.github%2Fgate.yml?ref=v1', undefined],
    ['users/get-authenticated', 'GET', '/user', undefined],
  ])('takes what %s takes', (operationId, method, path, body) => {
    expect(contract.match(request(method, path, body))).toMatchObject({
      operationId,
      problems: [],
    });
  });

  test.each([
    ['a body that is missing', request('POST', '/repos/o/r/issues/7/comments')],
    ['a body without what is required', request('POST', '/repos/o/r/issues/7/comments', {})],
    ['a number that is none', request('PATCH', '/repos/o/r/issues/comments/x', { body: 'x' })],
    ['a parameter that there is not', request('GET', '/repos/o/r/issues?label=a')],
    ['a state that there is not', request('GET', '/repos/o/r/issues?state=shut')],
    [
      '51 annotations',
      request('POST', '/repos/o/r/check-runs', {
        ...CHECK,
        output: { title: 'x', summary: 'x', annotations: Array(51).fill(ANNOTATION) },
      }),
    ],
    [
      'a summary that is too long',
      request('POST', '/repos/o/r/check-runs', {
        ...CHECK,
        output: { title: 'x', summary: 'x'.repeat(65_536) },
      }),
    ],
    [
      'a conclusion that there is not',
      request('POST', '/repos/o/r/check-runs', { ...CHECK, conclusion: 'passed' }),
    ],

    [
      'a short ref',
      request('POST', '/repos/o/r/code-scanning/sarifs', {
        commit_sha: 'a'.repeat(40),
        ref: 'main',
        sarif: 'x',
      }),
    ],
    ['no user agent', request('GET', '/user', undefined, { 'user-agent': '' })],
    ['a media type of somebody else', request('GET', '/user', undefined, { accept: 'text/html' })],
  ])('refuses %s', (_, refused) => {
    expect(contract.match(refused)?.problems).not.toEqual([]);
  });

  test('knows nothing of other operations', () => {
    expect(contract.match(request('DELETE', '/repos/o/r/issues/7'))).toBeNull();
    expect(contract.match(request('POST', '/graphql', {}))).toBeNull();
  });
});
