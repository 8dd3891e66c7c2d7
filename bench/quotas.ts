import { APIGatewayClient, GetResourcesCommand } from '@aws-sdk/client-api-gateway';
import { type Emulator, startEmulator } from '../emulator/server.js';
import { runAction, type StepResult } from '../runner/run-action.js';
import { measurePeak } from './peak-memory.js';
import { syntheticRegion, syntheticRegionV2 } from './region.js';
import { printTable } from './table.js';

/** API Gateway's quota of GetResources, which a reading of a region is bound by, and the default share. */
const GET_RESOURCES = { perSecond: 2.5, burst: 5 };
const SHARE = 0.8;
const MEBIBYTES_AT_MOST = 150;

/**
 * Prints how gates and others get on in one account, in real time against an emulator that keeps the
 * quotas. It takes about eight minutes, of which the gate sleeps nearly all.
 *
 * @returns what is over its limit.
 */
export async function benchQuotas(bundle: string): Promise<string[]> {
  return [
    ...(await benchFewApis(bundle)),
    ...(await benchSixGates(bundle)),
    ...(await benchUserBeside(bundle)),
    ...(await benchHttpApis(bundle)),
    ...(await benchWholeRegion(bundle)),
  ];
}

async function benchFewApis(bundle: string): Promise<string[]> {
  return withRegion(10, 3, async (emulator) => {
    await audit(bundle, emulator);
    const seconds = secondsOfCalls(emulator);
    printTable(
      'Ten APIs, nobody else',
      ['', 'seconds of calls', 'the whole quota', 'refused'],
      [
        [
          'audit',
          seconds.toFixed(1),
          floorOf(10, 1).toFixed(1),
          String(emulator.quotaViolations.length),
        ],
      ],
    );
    return emulator.quotaViolations.length === 0 ? [] : ['a gate alone was throttled'];
  });
}

async function benchSixGates(bundle: string): Promise<string[]> {
  return withRegion(25, 3, async (emulator) => {
    const gates = await Promise.all(Array.from({ length: 6 }, () => audit(bundle, emulator, true)));
    const passed = gates.filter(({ exitCode }) => exitCode === 0).length;
    const seconds = secondsOfCalls(emulator);
    const floor = floorOf(6 * 25, 1);
    const refused = emulator.quotaViolations.length;
    printTable(
      'Six gates of 25 APIs at once',
      ['passed', 'seconds', '× the floor', 'refused', 'calls'],
      [
        [
          `${passed} of 6`,
          seconds.toFixed(0),
          (seconds / floor).toFixed(2),
          String(refused),
          String(emulator.requests.length),
        ],
      ],
    );
    return passed === 6 ? [] : [`${passed} of six gates at once passed`];
  });
}

async function benchUserBeside(bundle: string): Promise<string[]> {
  return withRegion(100, 3, async (emulator) => {
    const ended = new AbortController();
    const user = askEverySecond(emulator, ended.signal);
    const { exitCode } = await audit(bundle, emulator, true);
    ended.abort();
    const { asked, refused } = await user;
    printTable(
      'A user at one GetResources a second beside a gate of 100 APIs',
      ['user', 'asked', 'refused', 'share'],
      [['', String(asked), String(refused), `${((refused / asked) * 100).toFixed(0)} %`]],
    );
    return [
      ...(exitCode === 0 ? [] : ['a gate beside a user did not pass']),
      ...(refused / asked <= 0.1 ? [] : [`a user was refused ${refused} times of ${asked}`]),
    ];
  });
}

/** The quota's own count of all calls (API Gateway Developer Guide, "Quotas for creating, deploying and managing an API"). */
const TOTAL = { burst: 40, perSecond: 10 };

/** HTTP APIs have no narrower quota than that of all calls. */
export async function benchHttpApis(bundle: string): Promise<string[]> {
  const { httpApis = [] } = syntheticRegionV2(100, 10);
  const emulator = await startEmulator({ seed: [{ httpApis }], quotas: true });
  try {
    // Every other API is deployed by hand, and so untold: incomplete is what it must be.
    await audit(bundle, emulator, true);
    const calls = emulator.requests.filter(({ plane }) => plane === 'control').length;
    const seconds = secondsOfCalls(emulator);
    const ratio = seconds / ((calls - TOTAL.burst) / (TOTAL.perSecond * SHARE));
    printTable(
      '100 HTTP APIs of ten routes',
      ['calls', 'seconds', '× the floor of the share', 'refused'],
      [
        [
          String(calls),
          seconds.toFixed(0),
          ratio.toFixed(2),
          String(emulator.quotaViolations.length),
        ],
      ],
    );
    return ratio <= 1.1
      ? []
      : [`100 HTTP APIs took ${ratio.toFixed(2)} times the floor of the share`];
  } finally {
    await emulator.close();
  }
}

async function benchWholeRegion(bundle: string): Promise<string[]> {
  return withRegion(600, 25, async (emulator) => {
    const { result, mebibytes } = await measurePeak((environment) =>
      audit(bundle, emulator, false, environment),
    );
    const seconds = secondsOfCalls(emulator);
    const ratio = seconds / floorOf(600, SHARE);
    printTable(
      '600 APIs of 25 methods',
      ['exit', 'seconds', '× the floor of the share', 'refused', 'peak MiB'],
      [
        [
          String(result.exitCode),
          seconds.toFixed(0),
          ratio.toFixed(2),
          String(emulator.quotaViolations.length),
          mebibytes.toFixed(0),
        ],
      ],
    );
    return [
      ...(ratio <= 1.1 ? [] : [`600 APIs took ${ratio.toFixed(2)} times the floor of the share`]),
      ...(mebibytes <= MEBIBYTES_AT_MOST ? [] : [`600 APIs took ${mebibytes.toFixed(0)} MiB`]),
    ];
  });
}

/** The seconds that so many calls of GetResources take at the least. */
function floorOf(calls: number, share: number): number {
  return (calls - GET_RESOURCES.burst) / (GET_RESOURCES.perSecond * share);
}

async function withRegion(
  apis: number,
  methods: number,
  bench: (emulator: Emulator) => Promise<string[]>,
): Promise<string[]> {
  const emulator = await startEmulator({ seed: syntheticRegion(apis, methods), quotas: true });
  try {
    return await bench(emulator);
  } finally {
    await emulator.close();
  }
}

async function audit(
  bundle: string,
  emulator: Emulator,
  mayFail = false,
  environment: Readonly<Record<string, string>> = {},
): Promise<StepResult> {
  const result = await runAction({
    bundle,
    inputs: { 'api-id': '*', 'smoke-test': 'false' },
    environment: { ...emulator.env, ...environment },
  });
  if (result.exitCode === 0 || mayFail) return result;
  throw new Error(`An audit ended with ${result.exitCode}:\n${result.stdout}${result.stderr}`);
}

/** From the first call to the control plane to the last. */
function secondsOfCalls({ requests }: Emulator): number {
  const times = requests.map(({ atMs }) => atMs);
  return (Math.max(...times) - Math.min(...times)) / 1000;
}

async function askEverySecond(
  emulator: Emulator,
  ended: AbortSignal,
): Promise<{ asked: number; refused: number }> {
  const { url, account, env } = emulator;
  const client = new APIGatewayClient({
    region: account.region,
    endpoint: url,
    maxAttempts: 1,
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });
  const [restApiId] = account.apis.keys();
  const asks: Promise<boolean>[] = [];
  while (!ended.aborted) {
    const ask = client.send(new GetResourcesCommand({ restApiId })).then(
      () => true,
      () => false,
    );
    asks.push(ask);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const answers = await Promise.all(asks);
  client.destroy();
  return { asked: answers.length, refused: answers.filter((isAnswered) => !isAnswered).length };
}
