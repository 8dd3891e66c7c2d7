import { describe, expect, test } from '@jest/globals';
import type { EmulatorOptions, SeedFile } from '../../emulator/server.js';
import { callsByOperation, findingsOf, mutations, scenario } from './kit.js';

const API = 'p1r2e3f4l5';

const BACKEND = {
  auth: 'NONE' as const,
  integration: { type: 'AWS_PROXY' as const, uri: 'arn:aws:lambda:x', httpMethod: 'POST' },
};

type Api = NonNullable<SeedFile['apis']>[number];

/** `OPTIONS /orders` is configured as a preflight; what deployments hold is the test's affair. */
function seed(parts: Pick<Api, 'deployments' | 'stages'> & Partial<Api>): SeedFile {
  return {
    apis: [
      {
        id: API,
        name: 'orders',
        methods: { 'GET /orders': { auth: 'AWS_IAM' }, 'OPTIONS /orders': { cors: true } },
        ...parts,
      },
    ],
  };
}

const OPEN_BACKEND = { id: 'dep001', methods: { 'OPTIONS /orders': BACKEND } };

describe('OPTIONS that reaches a backend where it is served', () => {
  test('is open, whatever is configured', async () => {
    const { run, emulator } = await scenario(
      seed({ deployments: [OPEN_BACKEND], stages: { prod: { deployment: 'dep001' } } }),
    );
    const { exitCode, parsed } = await run();
    expect(exitCode).toBe(1);
    expect(findingsOf(parsed)).toEqual(['deployed-not-iam OPTIONS /orders prod']);
    expect(parsed.findings[0]?.message).toContain('it is no preflight: fixed but not deployed');
    const row = parsed.methods.find(({ method }) => method === 'OPTIONS');
    expect(row).toMatchObject({ preflight: false, verdict: 'fail' });
    expect(callsByOperation(emulator)).toMatchObject({ GetExport: 1 });
  });

  test('is asked, where OPTIONS may be sent', async () => {
    const { run } = await scenario(
      seed({
        deployments: [{ id: 'dep001', methods: { 'OPTIONS /orders': { auth: 'NONE' } } }],
        stages: { prod: { deployment: 'dep001' } },
      }),
    );
    const { parsed } = await run({ 'smoke-methods': 'GET,OPTIONS' });
    expect(findingsOf(parsed)).toEqual([
      'unsigned-accepted OPTIONS /orders prod',
      'deployed-not-iam OPTIONS /orders prod',
    ]);
  });

  test('is closed by enforce, which deploys the preflight', async () => {
    const { run, emulator } = await scenario(
      seed({
        deployments: [OPEN_BACKEND, { id: 'dep002' }],
        stages: { prod: { deployment: 'dep001' }, dev: { deployment: 'dep002' } },
      }),
    );
    const planned = await run({ mode: 'plan' });
    expect(planned.parsed.deployments).toMatchObject([{ stages: [{ name: 'prod' }] }]);
    expect(mutations(emulator)).toEqual([]);

    const { exitCode, parsed } = await run({ mode: 'enforce' });
    expect(findingsOf(parsed)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(mutations(emulator)).toEqual(['CreateDeployment', 'UpdateStage']);
  });

  test('is left to a person by enforce where nobody can tell what it is', async () => {
    const { run, emulator } = await scenario(
      seed({
        methods: {
          'GET /orders': { auth: 'AWS_IAM' },
          'OPTIONS /orders': { cors: true },
          'GET /open': { auth: 'NONE' },
        },
        deployments: [OPEN_BACKEND],
        stages: { prod: { deployment: 'dep001' } },
      }),
    );
    emulator.injectFault({ operation: 'GetExport', effect: { kind: 'answer', status: 400 } });
    const { exitCode, parsed } = await run({ mode: 'enforce' });
    expect(exitCode).not.toBe(0);
    expect(parsed.notes.join(' ')).toContain('whether OPTIONS /orders is a preflight');
    expect(mutations(emulator)).toEqual([]);
  });
});

describe('a preflight that is served', () => {
  test('is no finding, and is not asked', async () => {
    const { run, emulator } = await scenario(
      seed({ deployments: [{ id: 'dep001' }], stages: { prod: { deployment: 'dep001' } } }),
    );
    const { parsed, exitCode } = await run({ 'smoke-methods': 'GET,OPTIONS' });
    expect(exitCode).toBe(0);
    expect(parsed.findings).toEqual([]);
    expect(emulator.requests.some(({ method }) => method === 'OPTIONS')).toBe(false);
  });

  test('and is no longer configured is a pending change, and nothing that enforce would deploy', async () => {
    const { run, emulator } = await scenario(
      seed({
        methods: { 'GET /orders': { auth: 'AWS_IAM' } },
        deployments: [{ id: 'dep001', methods: { 'OPTIONS /orders': { cors: true } } }],
        stages: { prod: { deployment: 'dep001' } },
      }),
    );
    const { parsed, exitCode } = await run({ mode: 'enforce' });
    expect(findingsOf(parsed)).toEqual(['undeployed-change OPTIONS /orders prod']);
    expect(exitCode).toBe(0);
    expect(mutations(emulator)).toEqual([]);
  });

  test('is not replaced by what is configured now: its callers cannot sign', async () => {
    const { run, emulator } = await scenario(
      seed({
        methods: {
          'GET /orders': { auth: 'AWS_IAM' },
          'OPTIONS /orders': BACKEND,
          'GET /open': { auth: 'NONE' },
        },
        deployments: [{ id: 'dep001', methods: { 'OPTIONS /orders': { cors: true } } }],
        stages: { prod: { deployment: 'dep001' } },
      }),
    );
    const { parsed } = await run({ mode: 'enforce' });
    expect(parsed.notes.join(' ')).toContain('OPTIONS /orders goes from NONE to AWS_IAM');
    expect(mutations(emulator)).toEqual([]);
  });

  test('of which no export tells makes the verdict incomplete, with what to do', async () => {
    const { run, emulator } = await scenario(
      seed({ deployments: [{ id: 'dep001' }], stages: { prod: { deployment: 'dep001' } } }),
    );
    emulator.injectFault({
      operation: 'GetExport',
      effect: { kind: 'answer', status: 400, message: 'Unable to build the model' },
    });
    const { parsed, exitCode } = await run();
    expect(exitCode).toBe(2);
    expect(findingsOf(parsed)).toEqual(['unreadable prod']);
    expect(parsed.findings[0]?.message).toContain('Whether OPTIONS /orders is a preflight');
    expect(parsed.findings[0]?.message).toContain('Unable to build the model');
    const row = parsed.methods.find(({ method }) => method === 'OPTIONS');
    expect(row).toMatchObject({ verdict: 'incomplete', preflight: false });
  });

  test.each(['{}', '[]', 'null', '{"paths":{}}', '<html>', ''])(
    'is none where the export is %j',
    async (body) => {
      const { run, emulator } = await scenario(
        seed({ deployments: [OPEN_BACKEND], stages: { prod: { deployment: 'dep001' } } }),
      );
      emulator.injectFault({ operation: 'GetExport', effect: { kind: 'rewrite', body } });
      const { exitCode, parsed } = await run();
      expect(exitCode).toBe(2);
      expect(findingsOf(parsed)).toEqual(['unreadable prod']);
    },
  );
});

describe.each(['stage', 'canary'] as const)('under a canary whose export shows the %s', (shown) => {
  const options: EmulatorOptions = { exportUnderCanary: shown, random: () => 0.99 };

  test.each([
    ['the stage', 'dep001', 'dep002'],
    ['the canary', 'dep002', 'dep001'],
    ['neither', 'dep002', 'dep003'],
  ])('a backend of %s never passes', async (_whose, main, canary) => {
    const { run } = await scenario(
      seed({
        deployments: [OPEN_BACKEND, { id: 'dep002' }, { id: 'dep003' }],
        stages: { prod: { deployment: main, canary: { deployment: canary, percentTraffic: 10 } } },
      }),
      options,
    );
    const { exitCode, parsed } = await run();
    expect(exitCode).toBe(2);
    expect(findingsOf(parsed)).toEqual(['unreadable prod', 'unreadable prod']);
    expect(parsed.findings[0]?.fix).toContain('Promote or remove the canary');
  });

  test('other stages tell the two apart', async () => {
    const { run } = await scenario(
      seed({
        deployments: [OPEN_BACKEND, { id: 'dep002' }],
        stages: {
          prod: { deployment: 'dep002', canary: { deployment: 'dep001', percentTraffic: 10 } },
          dev: { deployment: 'dep002' },
          next: { deployment: 'dep001' },
        },
      }),
      options,
    );
    const { parsed } = await run({ stage: 'prod' });
    expect(findingsOf(parsed)).toEqual(['canary-not-iam OPTIONS /orders prod']);
  });
});

describe('a method that the summary leaves out', () => {
  const without = (auth: 'NONE' | 'AWS_IAM', more: object = {}) =>
    seed({
      methods: { 'GET /orders': { auth: 'AWS_IAM' }, 'POST /orders': { auth: 'AWS_IAM' } },
      deployments: [
        { id: 'dep001', auth: { 'POST /orders': auth }, summaryWithout: ['POST /orders'] },
      ],
      stages: { prod: { deployment: 'dep001' } },
      ...more,
    });

  test('and that is served open is open, though nothing may ask it', async () => {
    const { run } = await scenario(without('NONE'));
    const { exitCode, parsed } = await run();
    expect(exitCode).toBe(1);
    expect(findingsOf(parsed)).toEqual(['deployed-not-iam POST /orders prod']);
  });

  test('and that is served with IAM is as it should be', async () => {
    const { run } = await scenario(without('AWS_IAM'));
    const { exitCode, parsed } = await run();
    expect(findingsOf(parsed)).toEqual([]);
    expect(exitCode).toBe(0);
  });

  test('and of which no export tells is not called absent', async () => {
    const { run, emulator } = await scenario(without('NONE'));
    emulator.injectFault({ operation: 'GetExport', effect: { kind: 'answer', status: 403 } });
    const { exitCode, parsed } = await run();
    expect(exitCode).toBe(2);
    expect(parsed.findings[0]?.message).toContain('POST /orders');
    expect(parsed.findings[0]?.fix).toContain('apigateway:GET');
  });
});
