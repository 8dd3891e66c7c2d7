import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { expect, test } from '@jest/globals';
import { selfSigned } from '../../runner/certificate.js';
import { type Outcome, scenario } from './kit.js';
import { listen } from './loopback-kit.js';

/** Audits against something else in AWS's place. */
async function auditAt(environment: Readonly<Record<string, string>>): Promise<Outcome> {
  const { run } = await scenario('clean');
  return run({ 'smoke-test': 'false' }, { AWS_MAX_ATTEMPTS: '2', ...environment });
}

function saidOf({ exitCode, outputs, parsed, stdout }: Outcome): { message: string; fix: string } {
  expect([exitCode, outputs.verdict]).toEqual([2, 'incomplete']);
  expect(stdout).not.toMatch(/Canonical String|String-to-Sign|Deserialization|<html|\$response/);
  const [{ message, fix } = { message: '', fix: '' }] = parsed.findings;
  return { message, fix };
}

test('a wrong secret key is named, without the string that AWS signed', async () => {
  const { message, fix } = saidOf(await auditAt({ AWS_SECRET_ACCESS_KEY: 'not+the/right+one' }));
  expect(message).toContain('the secret access key does not belong to the access key id');
  expect(message.length).toBeLessThan(500);
  expect(fix).toContain('Set AWS_SECRET_ACCESS_KEY to the secret');
});

test('an endpoint of another region is named', async () => {
  const { emulator, apiId, run } = await scenario('clean');
  const result = await run(
    { 'api-id': apiId, region: 'eu-west-1', 'smoke-test': 'false' },
    { AWS_ENDPOINT_URL_API_GATEWAY: emulator.url, AWS_MAX_ATTEMPTS: '2' },
  );
  const { message, fix } = saidOf(result);
  expect(message).toContain('the endpoint belongs to another region or service');
  expect(fix).toContain('Point AWS_ENDPOINT_URL_API_GATEWAY to the endpoint of the region');
});

test('a certificate that nobody trusts is said at once, with where to put the authority', async () => {
  const { certificate: cert, key } = selfSigned(['localhost']);
  const port = await listen(createTlsServer({ cert, key }, (_, response) => response.end('{}')));
  const { message, fix } = saidOf(await auditAt({ AWS_ENDPOINT_URL: `https://localhost:${port}` }));
  expect(message).toContain("the endpoint's TLS certificate is not trusted");
  expect(message).not.toContain('attempts');
  expect(fix).toContain('NODE_EXTRA_CA_CERTS');
});

const PAGE: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end('<html><body>Sign in to continue ::error::gotcha</body></html>');
};

test.each<[what: string, listener: RequestListener]>([
  ['a web page', PAGE],
  [
    'a page that is not there',
    (_, response) => {
      response.writeHead(404, { 'content-type': 'text/plain' });
      response.end('404 page not found');
    },
  ],
  [
    'another API',
    (_, response) => {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"detail":"Not Found"}');
    },
  ],
  [
    'a redirect',
    (_, response) => {
      response.writeHead(302, { location: 'https://login.example.com/' });
      response.end();
    },
  ],
  ...['{}', '[]', 'null', '"fine"', ''].map((text): [string, RequestListener] => [
    `a success that says ${JSON.stringify(text)}`,
    (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(text);
    },
  ]),
])('%s where AWS should be is said to be no AWS', async (_what, listener) => {
  const port = await listen(createServer(listener));
  const { message, fix } = saidOf(await auditAt({ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` }));
  expect(message).toContain('something that is not AWS answered');
  expect(message).not.toContain('attempts');
  expect(fix).toContain('Point AWS_ENDPOINT_URL to an endpoint of AWS');
});

test('an address where nobody listens names the variable that leads there', async () => {
  const gone = createServer();
  const port = await listen(gone);
  await new Promise((resolve) => gone.close(resolve));
  const { fix } = saidOf(await auditAt({ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` }));
  expect(fix).toContain('Check AWS_ENDPOINT_URL, which says where AWS is called');
});

test('an endpoint that is no URL is a configuration error', async () => {
  const { exitCode, annotations } = await auditAt({ AWS_ENDPOINT_URL_STS: 'sts.example.com' });
  expect(exitCode).toBe(3);
  expect(annotations[0]?.message).toContain('AWS_ENDPOINT_URL_STS: its value is not a URL');
});

test('an input that does not exist is refused with the name that was meant, before any call', async () => {
  const { emulator, run } = await scenario('clean');
  const { exitCode, annotations } = await run({ fail_on: 'never', replace_authorizers: 'true' });
  expect(exitCode).toBe(3);
  expect(annotations[0]?.message).toContain(
    'fail_on: there is no such input. Did you mean fail-on?',
  );
  expect(annotations[0]?.message).toContain(
    'replace_authorizers: there is no such input. Did you mean replace-authorizers?',
  );
  expect(emulator.requests).toEqual([]);
  expect((await run({ 'who-to-greet': 'x', token: 'y', 'smoke-test': 'false' })).exitCode).toBe(0);
});

test.each<[what: string, environment: Record<string, string>, message: string, fix: string]>([
  [
    'a line break in the access key',
    { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE1234567\n' },
    'hold a character that they cannot have',
    'without blanks or line breaks',
  ],
  [
    'a line break in the session token',
    { AWS_SESSION_TOKEN: 'FwoGZXIvYXdz\nEB4aD' },
    'hold a character that they cannot have',
    'without blanks or line breaks',
  ],
  [
    'a blank in the access key',
    { AWS_ACCESS_KEY_ID: 'AKIA EXAMPLE1234' },
    'hold a character that they cannot have',
    'without blanks or line breaks',
  ],
  [
    'a file of credentials that is not there',
    {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere/token',
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/alice',
    },
    'no AWS credentials were found (ENOENT',
    'aws-actions/configure-aws-credentials',
  ],
  [
    'a password of a proxy that is not percent-encoded',
    { HTTPS_PROXY: 'http://alice:100%sure@127.0.0.1:1', AWS_ENDPOINT_URL: '' },
    'its user or password is not percent-encoded',
    'Correct HTTPS_PROXY or HTTP_PROXY',
  ],
  [
    'a proxy of another kind',
    { HTTPS_PROXY: 'socks5://alice:s3cret@127.0.0.1:1', AWS_ENDPOINT_URL: '' },
    'only proxies at http:// and https:// are known',
    'Correct HTTPS_PROXY or HTTP_PROXY',
  ],
])('%s is named, once and for all attempts', async (_what, environment, message, fix) => {
  const said = saidOf(await auditAt(environment));
  expect(said.message).toContain(message);
  expect(said.message).not.toMatch(/attempts|alice|100%sure|s3cret/);
  expect(said.fix).toContain(fix);
});

test('an error that nothing waits for ends the run as incomplete, and says so', async () => {
  // Thrown as soon as the gate listens, as a connection would that nobody looks after any more.
  const thrower =
    'const t=setInterval(()=>{if(process.listenerCount("uncaughtException")===0)return;clearInterval(t);throw new Error("lost for arn:aws:iam::123456789012:user/alice")},1)';
  const { run } = await scenario('clean');
  const { exitCode, outputs, annotations, stdout, stderr } = await run(
    { 'smoke-test': 'false' },
    { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(thrower)}` },
  );
  expect([exitCode, outputs.verdict]).toEqual([2, 'incomplete']);
  expect(annotations[0]?.title).toBe('Bug in apigw-iam-gate');
  expect(annotations[0]?.message).toContain('lost for');
  expect(stdout + stderr).not.toMatch(/123456789012|alice/);
});
