import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { NO_GATEWAY_RESPONSES } from '../../../src/probe/classify/gateway-responses.js';
import { classify } from '../../../src/probe/classify/rest.js';

/** What follows the beginning of a message, where that matters. */
const ENDINGS: Readonly<Record<string, string>> = {
  'Signature expired':
    ': 20260102T025000Z is now earlier than 20260102T025905Z (20260102T030405Z - 5 min.)',
};

const SECTION =
  /^## `(?<message>[^`]+)`\n\n(?<status>\d{3})(?:, `(?<errorType>\w+)`)?\. The gate shows `(?<kind>[\w-]+)`\./gm;

const page = await readFile('docs/symptoms.md', 'utf8');
const sections = [...page.matchAll(SECTION)].map(({ groups = {} }) => groups);

test('every section of docs/symptoms.md says an answer and what the gate shows of it', () => {
  expect(sections).toHaveLength([...page.matchAll(/^## /gm)].length);
  expect(sections.length).toBeGreaterThanOrEqual(10);
});

test.each(sections.map((it): [string, typeof it] => [it.message ?? '', it]))(
  '%s',
  (message, { status, errorType, kind }) => {
    const answer = {
      status: Number(status),
      body: JSON.stringify({ message: `${message}${ENDINGS[message] ?? ''}` }),
      receivedAtMs: Date.parse('2026-01-02T03:04:05Z'),
      headers: {
        'x-amzn-requestid': '6f1c2d3e-aaaa',
        'x-amz-apigw-id': 'Ab1Cd2Ef3Gh4=',
        // The one message whose error type no capture shows comes with the signature's.
        'x-amzn-errortype': errorType ?? 'InvalidSignatureException',
      },
    };
    expect(classify(answer, NO_GATEWAY_RESPONSES).kind).toBe(kind);
  },
);
