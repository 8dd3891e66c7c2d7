import { expect, test } from '@jest/globals';
import { fleetRun, organization, readArtifact } from './fleet-kit.js';

test('an organization is planned, read in shards and merged into one verdict', async () => {
  const run = await fleetRun(organization());
  const plan = await run.plan({ shards: '2' });
  expect([plan.exitCode, plan.stdout]).toEqual([0, expect.anything()]);
  expect(plan.outputs).toMatchObject({
    matrix: '{"shard":["000","001"]}',
    shards: '2',
    targets: '4',
    unlisted: '0',
    'left-out': '2',
  });
  const made = JSON.parse(await readArtifact(run, 'gate-plan-1', 'plan.json'));
  expect(made.targets).toHaveLength(4);

  for (const shard of ['000', '001']) {
    const result = await run.shard(shard);
    expect([result.exitCode, result.stdout]).toEqual([0, expect.anything()]);
  }
  const merged = await run.merge();
  expect([merged.exitCode, merged.stdout]).toEqual([1, expect.anything()]);
  expect(merged.fleet).toMatchObject({ verdict: 'fail', incomplete: false });
});
