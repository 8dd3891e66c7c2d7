import { describe, expect, test } from '@jest/globals';
import type { Logger } from '../../../../src/model/logger.js';
import { createGitHub } from '../../../../src/publish/github/client.js';
import { type Need, reasonOf } from '../../../../src/publish/github/failure.js';

const ADVICE = '; if the root CA is installed locally, try running Node.js with --use-system-ca';

const NEED: Need = {
  what: 'It',
  permission: 'checks: write',
  absent: 'it is gone',
  onlyApps: true,
};

function refused(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): Error {
  return Object.assign(new Error(message), { status, response: { headers, data: null } });
}

test('the token is in no reason, however the answer repeats it', () => {
  const token = 'ghs_Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg';
  const logger: Logger = { info: () => {}, debug: () => {}, group: (_, phase) => phase() };
  const made = { baseUrl: 'https://api.github.com', userAgent: 'test', proxyFor: () => '', logger };
  createGitHub(token, { ...made, deadline: null });
  const base64 = Buffer.from(`x-access-token:${token}`).toString('base64');
  for (const echo of [token, base64, encodeURIComponent(base64), token.split('').join(' ')]) {
    for (const status of [401, 403, 422, 500]) {
      const reason = reasonOf(refused(status, `denied: Basic ${echo}`), NEED, null, '');
      expect(reason).toContain('denied: Basic');
      expect(reason).not.toContain(echo.slice(20, 40));
    }
  }
});

describe('why a request failed, and the one thing to change', () => {
  test.each<[error: Error, token: string, words: string, not: string]>([
    [refused(403, 'Resource not accessible by integration'), 'ghs_x', 'Add to the job', 'personal'],
    [
      refused(403, 'You must authenticate via a GitHub App.'),
      'ghp_x',
      'Only a GitHub App',
      '`repo`',
    ],
    [
      refused(403, 'Resource not accessible by personal access token'),
      'github_pat_x',
      'Only a GitHub App',
      '`repo`',
    ],
    [refused(403, 'Must have admin rights'), 'ghp_x', 'the scope `repo`', 'Add to the job'],
    [
      refused(
        403,
        'Resource protected by organization SAML enforcement. You must grant it access.',
      ),
      'ghp_x',
      'single sign-on',
      'permission',
    ],
    [refused(403, 'Repository was archived so is read-only.'), 'ghs_x', 'takes no writes', 'Add'],
    [
      refused(403, 'Unable to create comment because issue is locked.'),
      'ghs_x',
      'locked',
      'Add to',
    ],
    [refused(404, 'Not Found'), 'ghs_x', 'Add to the job', 'personal'],
    [refused(404, 'Not Found'), 'gho_x', 'personal access token', 'Add to the job'],
    [
      refused(404, 'Not Found', { 'content-type': 'text/html; charset=utf-8' }),
      'ghs_x',
      'Check GITHUB_API_URL',
      'permissions',
    ],
    [
      refused(502, 'Bad Gateway', { 'content-type': 'text/html' }),
      'ghs_x',
      'Run the job again',
      'GITHUB_API_URL',
    ],
    [
      Object.assign(new Error('self-signed certificate in certificate chain'), { status: 500 }),
      'ghs_x',
      'NODE_EXTRA_CA_CERTS',
      'GITHUB_API_URL',
    ],
    [
      Object.assign(new Error(`unable to verify the first certificate${ADVICE}`), { status: 500 }),
      'ghs_x',
      'NODE_EXTRA_CA_CERTS',
      '--use-system-ca',
    ],
    [
      Object.assign(new Error('certificate has expired'), { status: 500 }),
      'ghs_x',
      'not valid today (certificate has expired). Renew it',
      'NODE_EXTRA_CA_CERTS',
    ],
    [
      Object.assign(
        new Error(
          "Hostname/IP does not match certificate's altnames: Host: ghe.example. is not in the cert's altnames: DNS:other.example",
        ),
        { status: 500 },
      ),
      'ghs_x',
      'Set GITHUB_API_URL to a name that it covers',
      'NODE_EXTRA_CA_CERTS',
    ],
  ])('%s', (error, token, words, not) => {
    const reason = reasonOf(error, NEED, null, token);
    expect(reason).toContain(words);
    expect(reason).not.toContain(not);
    expect(reason).not.toContain('\n');
  });
});
