import { createServer, type ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { scenario } from './kit.js';
import { listen } from './loopback-kit.js';

/** Goes on as long as anybody reads. */
function pour(response: ServerResponse, text: string): void {
  const piece = Buffer.alloc(1 << 20, text);
  const go = (): void => {
    while (!response.destroyed && response.write(piece));
    response.once('drain', go);
  };
  go();
}

test.each<[string, number, string, string, string]>([
  ['of a success', 200, '{"item":[', '{"id":"r1","path":"/"},', 'more than 32 MiB'],
  ['of XML', 200, '<GetStagesResponse>', '&#x', 'more than 1 MiB'],
  ['of a refusal', 400, '{"message":"', 'never so tired ', 'more than 32 MiB'],
])('a body without an end %s is given up', async (_what, status, start, more, words) => {
  const server = createServer((_request, response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-amzn-requestid': '6f1c2d3e',
      'x-amzn-errortype': 'BadRequestException',
    });
    response.write(start);
    pour(response, more);
  });
  const port = await listen(server);
  const { run } = await scenario('clean');
  const { exitCode, parsed } = await run(
    { 'smoke-test': 'false' },
    { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, NODE_OPTIONS: '--max-old-space-size=256' },
  );
  expect(exitCode).toBe(2);
  const [{ message, fix } = { message: '', fix: '' }] = parsed.findings;
  expect(message).toContain('something that is not AWS answered');
  expect(message).toContain(words);
  expect(fix).toContain('Point AWS_ENDPOINT_URL to an endpoint of AWS');
});

test('an answer that comes byte by byte has its time as well', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-amzn-requestid': '6f1c' });
    const drip = setInterval(() => response.write(' '), 100);
    response.once('close', () => clearInterval(drip));
  });
  const port = await listen(server);
  const { run } = await scenario('clean');
  const { exitCode, parsed } = await run(
    { 'smoke-test': 'false', 'aws-timeout': '1' },
    { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_MAX_ATTEMPTS: '1' },
  );
  expect(exitCode).toBe(2);
  expect(parsed.findings[0]?.message).toContain('the connection to AWS failed');
});
