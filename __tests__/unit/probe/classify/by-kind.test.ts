import { expect, test } from '@jest/globals';
import { readAnswers } from '../../../../src/probe/classify/by-kind.js';
import { api } from '../../evidence-builder.js';

/** Counts what it is asked. */
function gateway() {
  const asked: string[] = [];
  return {
    asked,
    getGatewayResponses: async (apiId: string) => {
      asked.push(apiId);
      return [];
    },
  };
}

const OPENED = {
  status: 101,
  headers: { 'apigw-requestid': 'a', 'x-amzn-requestid': 'b', 'x-amz-apigw-id': 'c' },
  body: '',
  receivedAtMs: 0,
};

test.each([
  ['REST', ['a1b2c3']],
  ['HTTP', []],
  ['WEBSOCKET', []],
] as const)('%s reads %j of what its answers are known by', async (kind, asked) => {
  const apiGateway = gateway();
  const { notes, classifier } = await readAnswers(api({ kind }), apiGateway);
  expect(notes).toEqual([]);
  expect(apiGateway.asked).toEqual(asked);
  // Only a handshake is let in so.
  const circumstances = { hide: (text: string) => text, isSigned: false };
  const { kind: answer } = classifier.classify(OPENED, circumstances);
  expect(answer === 'accepted').toBe(kind === 'WEBSOCKET');
});
