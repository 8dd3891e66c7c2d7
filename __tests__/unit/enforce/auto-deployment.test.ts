import { describe, expect, test } from '@jest/globals';
import type { Deployment, Stage } from '../../../src/aws/api-gateway-v2.js';
import {
  deploymentPages,
  saysFailed,
  servedBy,
  watchAutoDeployments,
} from '../../../src/enforce/steps/auto-deployment.js';
import { fakeRetries } from './enforcement-kit.js';
import { servicesOf } from './enforcement-kit-v2.js';
import { API_V2_ID, fakeV2Api, fakeV2Plane } from './fake-control-plane-v2.js';

/** How the stages and deployments of an API stand at one time. */
interface Moment {
  readonly stages: readonly Stage[];
  readonly deployments: readonly Deployment[];
}

const auto = (name: string, DeploymentId?: string, message?: string): Stage => ({
  StageName: name,
  AutoDeploy: true,
  ...(DeploymentId === undefined ? {} : { DeploymentId }),
  ...(message === undefined ? {} : { LastDeploymentStatusMessage: message }),
});
const made = (
  DeploymentId: string,
  DeploymentStatus: NonNullable<Deployment['DeploymentStatus']> = 'DEPLOYED',
  rest: Partial<Deployment> = {},
): Deployment => ({ DeploymentId, DeploymentStatus, AutoDeployed: true, ...rest });

const BEFORE: Moment = {
  stages: [auto('prod', 'd1', "Successfully deployed stage with deployment ID 'd1'")],
  deployments: [made('d1')],
};

/** What is said of a change after which the API stands like this, and how often was waited for it. */
async function settled(
  moments: readonly Moment[],
  { before = BEFORE, isChanged = true } = {},
): Promise<{ readonly problem: string | null; readonly waits: number }> {
  const all = [before, ...moments];
  let at = -1;
  const plane = fakeV2Plane(fakeV2Api('HTTP', {}, {}));
  const now = (): Moment => all[Math.min(at, all.length - 1)] ?? before;
  const retries = fakeRetries();
  const watch = await watchAutoDeployments(API_V2_ID, {
    ...servicesOf(plane),
    apiGatewayV2: {
      ...plane.apiGatewayV2,
      getStagesPage: async () => {
        at += 1;
        return { items: [...now().stages], nextToken: undefined };
      },
      getDeploymentsPage: async () => ({ items: [...now().deployments], nextToken: undefined }),
    },
    retries,
  });
  const problem = await watch.settle(isChanged);
  return { problem, waits: retries.waits.length };
}

const IN_TIME = 'had not deployed the change after 120 seconds';

describe('a change is deployed', () => {
  test.each<[string, Moment[]]>([
    [
      'once a stage names a deployment that is new',
      [{ stages: [auto('prod', 'd2')], deployments: [made('d1'), made('d2')] }],
    ],
    [
      'once a stage says so in words',
      [
        {
          stages: [auto('prod', undefined, "Successfully deployed stage with deployment ID 'd2'")],
          deployments: [made('d1'), made('d2')],
        },
      ],
    ],
    [
      'where a later deployment failed, and the stage serves one that is new',
      [{ stages: [auto('prod', 'd2')], deployments: [made('d2'), made('d3', 'FAILED')] }],
    ],
    [
      'where a stage was made since',
      [
        {
          stages: [auto('prod', 'd2'), auto('beta', 'd2')],
          deployments: [made('d1'), made('d2')],
        },
      ],
    ],
    [
      'whatever a stage that does not deploy by itself serves',
      [
        {
          stages: [auto('prod', 'd2'), { StageName: 'fixed', DeploymentId: 'd1' }],
          deployments: [made('d1'), made('d2')],
        },
      ],
    ],
  ])('%s', async (_, moments) => {
    expect(await settled(moments)).toEqual({ problem: null, waits: 0 });
  });

  test('is waited for while a deployment is PENDING', async () => {
    const pending = { stages: BEFORE.stages, deployments: [made('d1'), made('d2', 'PENDING')] };
    const done = { stages: [auto('prod', 'd2')], deployments: [made('d1'), made('d2')] };
    expect(await settled([pending, pending, done])).toEqual({ problem: null, waits: 2 });
  });

  test('is waited for while another deployment is PENDING, although one is new', async () => {
    const half = {
      stages: [auto('prod', 'd2')],
      deployments: [made('d1'), made('d2'), made('d3', 'PENDING')],
    };
    const done = { stages: [auto('prod', 'd3')], deployments: [made('d2'), made('d3')] };
    expect(await settled([half, done])).toEqual({ problem: null, waits: 1 });
  });

  test('is not where the deployment that a stage serves was there before', async () => {
    const before = { ...BEFORE, deployments: [made('d1'), made('d0', 'PENDING')] };
    const now = { stages: [auto('prod', 'd0')], deployments: [made('d1'), made('d0')] };
    expect((await settled([now], { before })).problem).toContain(`stage prod deploys by itself`);
    expect((await settled([now], { before })).problem).toContain(IN_TIME);
  });

  test.each<[string, Moment]>([
    ['nothing came of it', BEFORE],
    [
      'what a stage names is not in the list',
      { stages: [auto('prod', 'd9')], deployments: BEFORE.deployments },
    ],
    [
      'a stage names what is not DEPLOYED, and nobody says that it failed',
      {
        stages: [auto('prod', 'd2')],
        deployments: [{ DeploymentId: 'd2', AutoDeployed: true }],
      },
    ],
    [
      'one of two stages lags behind',
      {
        stages: [auto('prod', 'd2'), auto('beta', 'd1')],
        deployments: [made('d1'), made('d2')],
      },
    ],
    [
      'another stage has no deployment at all',
      { stages: [auto('prod', 'd2'), auto('beta')], deployments: [made('d1'), made('d2')] },
    ],
    [
      'a deployment failed that was made on request',
      {
        stages: BEFORE.stages,
        deployments: [made('d1'), made('d2', 'FAILED', { AutoDeployed: false })],
      },
    ],
  ])('is not in time where %s', async (_, now) => {
    const { problem, waits } = await settled([now]);
    expect(problem).toContain(IN_TIME);
    expect(waits).toBeGreaterThan(20);
  });
});

describe('the deployment of a change failed', () => {
  test.each<[string, Moment, string]>([
    [
      'where one that is new did, with its own reason',
      {
        stages: [auto('prod', 'd1', 'Deployment attempt failed: the stage says')],
        deployments: [
          made('d1'),
          made('d2', 'FAILED', { DeploymentStatusMessage: 'the deployment says' }),
        ],
      },
      '(the deployment says)',
    ],
    [
      'where one that is new did, with the reason of the stage',
      {
        stages: [auto('prod', 'd1', 'Deployment attempt failed: the stage says')],
        deployments: [made('d1'), made('d2', 'FAILED')],
      },
      '(Deployment attempt failed: the stage says)',
    ],
    [
      'where a stage names the one that did',
      { stages: [auto('prod', 'd2')], deployments: [made('d1'), made('d2', 'FAILED')] },
      '(AWS does not say why)',
    ],
    [
      'where the reason is empty',
      {
        stages: [auto('prod', 'd1')],
        deployments: [made('d1'), made('d2', 'FAILED', { DeploymentStatusMessage: '' })],
      },
      '(AWS does not say why)',
    ],
    [
      'where the stage alone says so',
      {
        stages: [auto('prod', 'd1', 'Deployment attempt failed: no routes')],
        deployments: [made('d1')],
      },
      '(Deployment attempt failed: no routes)',
    ],
    [
      'in the second stage alone',
      {
        stages: [auto('prod', 'd2'), auto('beta', 'd1', 'Deployment attempt failed: no routes')],
        deployments: [made('d1'), made('d2')],
      },
      'stage beta deploys by itself, and the deployment of the change failed',
    ],
  ])('%s', async (_, now, words) => {
    const { problem, waits } = await settled([now]);
    expect(problem).toContain(words);
    expect(waits).toBe(0);
  });

  test('not where another stage than the one that is looked at said so', async () => {
    const before = {
      stages: [
        BEFORE.stages[0] ?? auto('prod'),
        auto('beta', 'd5', 'Deployment attempt failed: old'),
      ],
      deployments: [made('d1'), made('d5')],
    };
    const now = {
      stages: [auto('prod', 'd2'), auto('beta', 'd5', 'Deployment attempt failed: old')],
      deployments: [made('d1'), made('d2'), made('d5')],
    };
    const { problem } = await settled([now], { before });
    expect(problem).toContain('stage beta deploys by itself');
    expect(problem).toContain(IN_TIME);
  });

  test('not where a stage has moved on to one that is not listed yet', async () => {
    const now = { stages: [auto('prod', 'd2')], deployments: [made('d1'), made('d3', 'FAILED')] };
    expect((await settled([now])).problem).toContain(IN_TIME);
  });

  test('not where the stage said so before the change already', async () => {
    const stages = [auto('prod', 'd1', 'Deployment attempt failed: long ago')];
    const before = { stages, deployments: [made('d1'), made('d0', 'FAILED')] };
    expect((await settled([before], { before })).problem).toContain(IN_TIME);
  });
});

describe('where nothing was changed', () => {
  const asItStands = (now: Moment) => settled([now], { before: now, isChanged: false });

  test('what stages serve is taken as it stands', async () => {
    expect(await asItStands(BEFORE)).toEqual({ problem: null, waits: 0 });
    expect(await asItStands({ stages: [], deployments: [] })).toEqual({ problem: null, waits: 0 });
  });

  test('a deployment that is PENDING is waited for, and one that was asked for is not', async () => {
    const pending = { ...BEFORE, deployments: [made('d1', 'PENDING')] };
    expect((await asItStands(pending)).problem).toContain(IN_TIME);
    const other = { ...BEFORE, deployments: [made('d1', 'PENDING', { AutoDeployed: false })] };
    expect(await asItStands(other)).toEqual({ problem: null, waits: 0 });
  });

  test('a stage that says that its last deployment failed is told', async () => {
    const failed = { ...BEFORE, stages: [auto('prod', 'd1', 'Deployment attempt failed: x')] };
    expect((await asItStands(failed)).problem).toContain('failed (Deployment attempt failed: x)');
  });
});

test.each<[Partial<Stage>, string | null]>([
  [{ DeploymentId: 'd1' }, 'd1'],
  [{ LastDeploymentStatusMessage: "Successfully deployed stage with deployment ID 'd2'" }, 'd2'],
  [
    {
      DeploymentId: 'd1',
      LastDeploymentStatusMessage: "Successfully deployed stage with deployment ID 'd2'",
    },
    'd1',
  ],
  [{ LastDeploymentStatusMessage: "Deployment attempt failed: deployment ID 'd2'" }, null],
  [{ LastDeploymentStatusMessage: "Not Successfully deployed, deployment ID 'd2'" }, null],
  [{}, null],
])('%j serves %s', (stage, expected) => {
  expect(servedBy({ StageName: 'prod', ...stage })).toBe(expected);
});

test.each<[string | null | undefined, boolean]>([
  ['Deployment attempt failed: Unable to deploy API', true],
  ['Not successfully deployed', true],
  ['Successfullyish', true],
  ["Successfully deployed stage with deployment ID 'd1'", false],
  ['successfully deployed', false],
  ['', false],
  [null, false],
  [undefined, false],
])('%j says that a deployment failed: %s', (message, expected) => {
  expect(saysFailed(message)).toBe(expected);
});

test('every page of deployments is read, and named where it cannot be', async () => {
  const { apiGatewayV2 } = fakeV2Plane(fakeV2Api('HTTP', {}, {}));
  const tokens: unknown[] = [];
  const paged = {
    ...apiGatewayV2,
    getDeploymentsPage: async (_: string, token: string | undefined) => {
      tokens.push(token);
      return token === undefined
        ? { items: [made('d1')], nextToken: 'more' }
        : { items: [made('d2')], nextToken: undefined };
    },
  };
  const ids: (string | undefined)[] = [];
  for await (const page of deploymentPages(paged, API_V2_ID)) {
    ids.push(...page.map(({ DeploymentId }) => DeploymentId));
  }
  expect([ids, tokens]).toEqual([
    ['d1', 'd2'],
    [undefined, 'more'],
  ]);
  const endless = {
    ...apiGatewayV2,
    getDeploymentsPage: async () => ({ items: [], nextToken: 'again' }),
  };
  const read = async () => {
    for await (const _ of deploymentPages(endless, API_V2_ID));
  };
  await expect(read()).rejects.toThrow('GetDeployments');
});
