import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { type Scenario, scenario } from './kit.js';
import { listen } from './loopback-kit.js';

const TOKEN = 'IQoJb3JpZ2luX2VjEOz//////////wEaCXVzLWVhc3QtMSJHMEUCIQDx/echo+token==';
const SECRET = 'echo-secret/EXAMPLE+KEY0123456789abcdefgh';
const KEY_ID = 'ASIAECHOEXAMPLE12345';

interface Sent {
  readonly token: string;
  readonly signature: string;
}

/** An endpoint that has the marks of API Gateway and says what it was sent, in a way of its own. */
async function echoing(
  headersOf: (sent: Sent) => Record<string, string>,
  bodyOf: (sent: Sent) => string,
): Promise<{ world: Scenario; url: string; sent: Sent[] }> {
  const all: Sent[] = [];
  const server = createServer((request, response) => {
    const authorization = request.headers.authorization ?? '';
    const now = {
      token: String(request.headers['x-amz-security-token'] ?? ''),
      signature: /Signature=([0-9a-f]+)/.exec(authorization)?.[1] ?? '',
    };
    if (now.token !== '') all.push(now);
    // It tells strangers what signed callers sent before.
    const sent = all.at(-1) ?? now;
    response.writeHead(403, {
      'x-amzn-requestid': '6f1c2d3e',
      'x-amz-apigw-id': 'Ab1Cd2Ef3Gh4=',
      'x-amzn-errortype': 'ForbiddenException',
      ...headersOf(sent),
    });
    response.end(bodyOf(sent));
  });
  const port = await listen(server);
  const world = await scenario({
    callers: [{ name: 'echo', accessKeyId: KEY_ID, secretAccessKey: SECRET, sessionToken: TOKEN }],
    apis: [
      {
        id: 'e1c2h3o4e5',
        name: 'echo',
        methods: { 'GET /': { auth: 'AWS_IAM' }, 'GET /a': { auth: 'AWS_IAM' } },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  });
  return { world, url: `http://127.0.0.1:${port}/{stage}`, sent: all };
}

const message = (text: string): string => JSON.stringify({ message: text });

/** Half of a text in JSON's longest way to write it. */
function escaped(text: string): string {
  return [...text].map((it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

function twiceEncoded(text: string): string {
  return Buffer.from(Buffer.from(text).toString('base64')).toString('base64');
}

describe('what an endpoint says of what it was sent shows nowhere', () => {
  test.each<[string, (sent: Sent) => Record<string, string>, (sent: Sent) => string]>([
    [
      'in its message',
      () => ({}),
      ({ token, signature }) => message(`no ${token} by ${signature}`),
    ],
    [
      'in a part of its message',
      () => ({}),
      ({ token, signature }) => message(`no ${token.slice(9, 40)} by ${signature.slice(20, 50)}`),
    ],
    ['URL-encoded', () => ({}), ({ token }) => message(`no ${encodeURIComponent(token)}`)],
    [
      'in base64',
      () => ({}),
      ({ token, signature }) =>
        message(
          `no ${Buffer.from(`x${token}`).toString('base64')} ${Buffer.from(signature).toString('base64url')} ${twiceEncoded(token)}`,
        ),
    ],
    [
      'in hexadecimal digits',
      () => ({}),
      ({ token }) => message(`no ${Buffer.from(token).toString('hex')}`),
    ],
    ['escaped', () => ({}), ({ token }) => `{"message":"no ${escaped(token)}"}`],
    ['escaped twice', () => ({}), ({ token }) => message(`no ${escaped(token)}`)],
    ['in an error type', ({ token }) => ({ 'x-amzn-errortype': `E${token}` }), () => message('no')],
    [
      'in the server header',
      ({ token, signature }) => ({
        'x-amzn-requestid': '',
        'x-amz-apigw-id': '',
        server: `${token.slice(0, 50)} ${signature}`,
      }),
      () => message('no'),
    ],
  ])('%s', async (_where, headersOf, bodyOf) => {
    const { world, url, sent } = await echoing(headersOf, bodyOf);
    const { stdout, stderr, summary, report, outputs } = await world.run(
      { 'endpoint-url': url },
      { AWS_ACCESS_KEY_ID: KEY_ID, AWS_SECRET_ACCESS_KEY: SECRET, AWS_SESSION_TOKEN: TOKEN },
    );
    expect(sent.length).toBeGreaterThan(0);
    const said = [stdout, stderr, summary, report ?? '', ...Object.values(outputs)].join('\n');
    const values = [TOKEN, ...sent.map(({ signature }) => signature)];
    const forms = values.flatMap((value) => [
      value,
      encodeURIComponent(value),
      Buffer.from(value).toString('hex'),
      escaped(value).slice(0, 60),
      escaped(value).slice(-60),
      Buffer.from(value).toString('base64').slice(0, -4),
      Buffer.from(value).toString('base64url').slice(0, -4),
      Buffer.from(`x${value}`).toString('base64').slice(4, -4),
      twiceEncoded(value).slice(0, -4),
    ]);
    // Parts of sixteen characters as well: nothing of that length is there by chance.
    const parts = forms.flatMap((form) =>
      Array.from({ length: Math.max(0, form.length - 15) }, (_, at) => form.slice(at, at + 16)),
    );
    expect([...new Set(parts)].filter((part) => said.includes(part))).toEqual([]);
  });
});

/** What AWS, or a stand-in of it, is asked with. */
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: KEY_ID,
  AWS_SECRET_ACCESS_KEY: SECRET,
  AWS_SESSION_TOKEN: TOKEN,
  AWS_MAX_ATTEMPTS: '2',
  RUNNER_DEBUG: '1',
};

describe('what AWS, or what stands in its place, says of what it was sent shows nowhere', () => {
  test.each<[string, number, string | undefined, (text: string) => string]>([
    ['in a refusal', 400, 'BadRequestException', (text) => text],
    ['URL-encoded where the right is missing', 403, 'AccessDeniedException', encodeURIComponent],
    ['in a call that is made again', 503, 'ServiceUnavailableException', (text) => text],
    ['in base64', 400, undefined, (text) => Buffer.from(`x${text}`).toString('base64')],
    ['in the name of an error', 400, `E${TOKEN}`, (text) => text],
  ])('%s', async (_where, status, errorType, written) => {
    const { world } = await echoing(
      () => ({}),
      () => message('no'),
    );
    let signature = '';
    world.emulator.injectFault({
      operation: 'GetStages',
      effect: {
        kind: 'answer',
        status,
        ...(errorType === undefined ? {} : { errorType }),
        message: ({ headers }) => {
          signature = /Signature=([0-9a-f]+)/.exec(headers.authorization ?? '')?.[1] ?? '';
          return `${written(`${headers['x-amz-security-token']} ${signature} ${KEY_ID}`)} of arn%3Aaws%3Aiam%3A%3A123456789012%3Auser%2Falice`;
        },
      },
    });
    const result = await world.run({ 'smoke-test': 'false' }, ENVIRONMENT);
    expect(result.outputs.verdict).toBe('incomplete');
    const { stdout, stderr, summary, report, html, sarif, junit } = result;
    const said = [stdout, stderr, summary, report, html, sarif, junit].join('\n');
    expect(said).toContain('GetStages');
    for (const value of [TOKEN, signature, KEY_ID, written(TOKEN), written(KEY_ID)]) {
      expect(said).not.toContain(value.slice(4, 30));
    }
    expect(said).not.toMatch(/123456789012|alice/);
  });
});

test('what an assumed role got is masked by the runner before it is used', async () => {
  const { emulator, run } = await scenario('clean');
  const { stdout } = await run({
    'invoke-role-arn': 'arn:aws:iam::123456789012:role/gate-invoker',
  });
  const masked = [...stdout.matchAll(/^::add-mask::(.*)$/gm)].map(([, value]) => value);
  const assumed = [...emulator.account.callers.values()].filter(({ arn }) =>
    arn.includes('assumed-role'),
  );
  expect(assumed.length).toBeGreaterThan(0);
  for (const { accessKeyId, secretAccessKey, sessionToken } of assumed)
    expect(masked).toEqual(expect.arrayContaining([accessKeyId, secretAccessKey, sessionToken]));
});

test('a wrong secret key is said in one sentence, without the string that was to be signed', async () => {
  const { emulator, run } = await scenario('clean');
  emulator.injectFault({
    operation: 'Invoke',
    where: ({ headers }) => headers.authorization !== undefined,
    effect: {
      kind: 'answer',
      status: 403,
      errorType: 'InvalidSignatureException',
      message: ({ path, headers }) =>
        `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'GET\n${path}\n\nhost:${headers.host}\n\nhost\ne3b0'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20260101T000000Z\n20260101/us-east-1/execute-api/aws4_request\nabc'\n`,
    },
  });
  const { exitCode, parsed, stdout, summary } = await run();
  expect(exitCode).toBe(1);
  expect(parsed.findings[0]?.message).toContain('the signature did not match');
  expect(parsed.findings[0]?.fix).toContain('Check the secret key');
  for (const text of [JSON.stringify(parsed), stdout, summary])
    expect(text).not.toMatch(/Canonical String|String-to-Sign|aws4_request/);
});
