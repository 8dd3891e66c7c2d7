import { expect, test } from '@jest/globals';
import type { ProbeAnswer } from '../../../src/probe/answer.js';
import { HTTP_CLASSIFIER } from '../../../src/probe/classify/http.js';
import { withDebugLines } from '../../../src/probe/debug-lines.js';
import type { ProbeRequest, Prober } from '../../../src/probe/send.js';

const REQUEST: ProbeRequest = {
  baseUrl: 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod',
  method: 'GET',
  path: '/pets',
  query: [],
  headers: {},
  body: null,
};

async function lineOf(request: ProbeRequest, answer: ProbeAnswer) {
  const lines: string[] = [];
  const asked: unknown[] = [];
  let destroyed = 0;
  const inner: Prober = {
    async send(...args) {
      asked.push(args);
      return answer;
    },
    destroy() {
      destroyed += 1;
    },
  };
  const prober = withDebugLines(inner, { debug: (line) => lines.push(line) });
  const given = await prober.send(request, { kind: 'unsigned' }, HTTP_CLASSIFIER, 7);
  prober.destroy();
  expect(asked).toEqual([[request, { kind: 'unsigned' }, HTTP_CLASSIFIER, 7]]);
  expect(given).toBe(answer);
  expect(destroyed).toBe(1);
  expect(lines).toHaveLength(1);
  return lines[0];
}

test('a request is sent as it is, and told in a line', async () => {
  const answer: ProbeAnswer = { kind: 'missing-token', status: 403, detail: 'x' };
  expect(await lineOf(REQUEST, answer)).toMatch(
    /^unsigned GET https:\/\/a1b2c3\.execute-api\.eu-west-1\.amazonaws\.com\/prod\/pets: missing-token 403 after \d{1,3} ms$/,
  );
});

test('one without an answer has no status, and a handshake no method', async () => {
  const answer: ProbeAnswer = { kind: 'unreachable', status: null, detail: '' };
  const handshake = { ...REQUEST, handshake: 'headers' as const };
  expect(await lineOf(handshake, answer)).toMatch(
    /^unsigned handshake https:.*\/pets: unreachable after \d{1,3} ms$/,
  );
});
