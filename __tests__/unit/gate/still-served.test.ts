import { describe, expect, test } from '@jest/globals';
import type { Stage } from '../../../src/aws/api-gateway-v2.js';
import { withoutMoved } from '../../../src/gate/still-served.js';
import type { Untold } from '../../../src/model/evidence.js';
import { decidesUntold } from '../../../src/probe/decides-untold.js';
import type { Observation } from '../../../src/probe/observation.js';
import { apiGatewayV2That, throttled } from '../evidence/fake-api-gateway.js';
import {
  api,
  configured,
  deployed,
  observation,
  read,
  rowsOf,
  settled,
  stage,
} from '../evidence-builder.js';

const WHY: Untold = {
  readable: false,
  isUntold: true,
  call: 'ExportApi',
  reason: 'may show what is configured',
  remedy: '',
};

const AT = new Date('2026-11-26T10:00:00Z');

/** Two routes of which no call tells how they are served, asked in two stages. */
function asked(type = 'untold'): Observation[] {
  const routes = { 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' };
  const unread = type === 'untold' ? WHY : null;
  const served = { authorizationType: type, unread };
  const stages = ['prod', 'dev'].map((name) => ({
    ...stage({
      name,
      deploymentId: 'd1',
      deployed: read(deployed({ 'GET /a': served, 'GET /b': served })),
      lastUpdatedMs: AT.getTime(),
    }),
    deployment: {
      autoDeploy: false,
      deploymentStatus: null,
      lastDeploymentStatusMessage: null,
      isManaged: false,
    },
  }));
  const shop = api({ id: 'a1', configured: read(configured(routes)), stages: read(stages) });
  return rowsOf(shop).map((row) => observation(row));
}

const SAME: Stage[] = ['prod', 'dev'].map((StageName) => ({
  StageName,
  DeploymentId: 'd1',
  LastUpdatedDate: AT,
}));

async function keptOf(observations: readonly Observation[], now: readonly Stage[] | null) {
  const plane = apiGatewayV2That({
    getStagesPage: async () => {
      if (now === null) throw throttled('GetStages');
      return { items: now, nextToken: undefined };
    },
  });
  const left = await withoutMoved(observations, plane);
  expect(left).toHaveLength(observations.length);
  return {
    left,
    calls: plane.calls,
    kept: left
      .filter(decidesUntold)
      .map(({ row }) => `${row.method} ${row.path} ${row.stage?.name}`),
  };
}

const ALL = ['GET /a prod', 'GET /b prod', 'GET /a dev', 'GET /b dev'];

describe('what answers have proven where no call tells what is served', () => {
  test('stands where the stages are what they were', async () => {
    const { kept, calls } = await keptOf(asked(), SAME);
    expect(kept).toEqual(ALL);
    expect(calls).toEqual(['getStagesPage a1']);
  });

  test.each<[what: string, parts: Partial<Stage>]>([
    ['serves another deployment', { DeploymentId: 'd2' }],
    ['serves none', { DeploymentId: undefined }],
    ['deploys by itself by now', { AutoDeploy: true }],
    ['was moved there and back', { LastUpdatedDate: new Date(AT.getTime() + 1000) }],
    ['is another one', { StageName: 'qa' }],
  ])('does not for a stage that %s', async (_what, parts) => {
    const now = SAME.map((it) => (it.StageName === 'prod' ? { ...it, ...parts } : it));
    const { kept, left } = await keptOf(asked(), now);
    expect(kept).toEqual(['GET /a dev', 'GET /b dev']);
    expect(left[0]?.notProbed).toBe(
      'the stage was changed meanwhile, so that no answer of it counts',
    );
  });

  test('does not where the stages cannot be listed again', async () => {
    const { kept, left } = await keptOf(asked(), null);
    expect(kept).toEqual([]);
    expect(left[0]?.notProbed).toContain('could not be read');
  });

  test('stands where it is that a stranger is let in, whatever became of the stage', async () => {
    const open = asked().map((it) => ({ ...it, unsigned: settled('accepted') }));
    const { left, calls } = await keptOf(open, []);
    expect(left).toEqual(open);
    expect(calls).toEqual([]);
  });

  test('stands where calls tell it, too, and nothing is read', async () => {
    const { kept, calls } = await keptOf(asked('AWS_IAM'), []);
    expect(kept).toEqual(ALL);
    expect(calls).toEqual([]);
  });
});
