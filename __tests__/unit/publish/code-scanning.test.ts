import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { packSarif } from '../../../src/publish/code-scanning.js';
import { ofReport } from '../../../src/publish/delivered.js';
import { parseSarif } from '../../scenarios/report-files.js';
import { makeLargeReport } from '../report/sample-report.js';
import { makeSarifSettings } from './sample-settings.js';

const REPORT = makeLargeReport({ methods: 8_000, findings: 6_000, stages: 2 });

async function pack(maxBytes: number) {
  const { body } = await packSarif(ofReport(REPORT), makeSarifSettings(), maxBytes);
  const [run] = parseSarif(gunzipSync(body).toString('utf8')).runs;
  return { bytes: body.length, results: run?.results ?? [], properties: run?.properties };
}

test('of more findings than code scanning shows, the worst are sent, and the totals say the rest', async () => {
  const { results, properties } = await pack(10_000_000);
  expect(results).toHaveLength(5_000);
  expect(results.every(({ level }) => level === 'error')).toBe(true);
  expect(properties).toMatchObject({ errors: 5_400, warnings: 600, resultsLeftOut: 1_000 });
});

test('a file that would be too large is halved until it fits', async () => {
  const whole = await pack(10_000_000);
  const half = await pack(whole.bytes - 1);
  expect(half.results).toHaveLength(2_500);
  expect(half.bytes).toBeLessThan(whole.bytes);
  expect(half.properties).toMatchObject({ errors: 5_400, resultsLeftOut: 3_500 });
  expect((await pack(1)).results).toEqual([]);
});
