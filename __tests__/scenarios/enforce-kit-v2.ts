import type { LoggedRequest } from '../../emulator/faults.js';
import type { Emulator, EmulatorOptions, SeedFile } from '../../emulator/server.js';
import type { Step } from '../../runner/run-action.js';
import { emulatorWith, enforceStep, runJob } from './enforce-kit.js';

/** An API of these tests: its seed, and the inputs that let it be enforced. */
export interface V2Case {
  readonly id: string;
  readonly seed: SeedFile;
  readonly inputs: Readonly<Record<string, string>>;
  /** Stages that deploy by themselves. */
  readonly isLive: boolean;
}

/** Small, and with all that can be lost: an open route, one with an authorizer and scopes, one that is right. */
function httpCase(
  stages: Readonly<Record<string, { deployment: string; autoDeploy?: true }>>,
): V2Case {
  const id = 'h1t2t3p4s5';
  const isLive = Object.values(stages).some(({ autoDeploy }) => autoDeploy === true);
  return {
    id,
    isLive,
    seed: {
      httpApis: [
        {
          id,
          name: 'small',
          authorizers: [{ name: 'people', type: 'JWT', issuer: 'https://login.example.com' }],
          routes: {
            'GET /': { auth: 'AWS_IAM' },
            'GET /open': { auth: 'NONE' },
            'GET /me': { auth: 'JWT', authorizer: 'people', scopes: ['b', 'a'] },
          },
          deployments: [{ id: 'dep001' }, { id: 'dep002' }],
          stages,
        },
      ],
    },
    inputs: isLive ? { 'allow-live-changes': 'true' } : {},
  };
}

function webSocketCase(autoDeploy: boolean): V2Case {
  const id = 'w1e2b3s4k5';
  return {
    id,
    isLive: autoDeploy,
    seed: {
      webSocketApis: [
        {
          id,
          name: 'chat',
          routes: { $connect: { auth: 'NONE' }, $disconnect: {}, $default: {} },
          deployments: [{ id: 'dep001' }],
          stages: { prod: { deployment: 'dep001', autoDeploy } },
        },
      ],
    },
    inputs: {
      'smoke-methods': 'GET,HEAD,CONNECT',
      'allow-pending-changes': 'true',
      'allow-live-changes': 'true',
    },
  };
}

export const HTTP = httpCase({ prod: { deployment: 'dep002' }, dev: { deployment: 'dep001' } });
export const LIVE_HTTP = httpCase({ $default: { deployment: 'dep002', autoDeploy: true } });
export const WEBSOCKET = webSocketCase(false);
export const LIVE_WEBSOCKET = webSocketCase(true);

/** Every shape, by its name. */
export const CASES: Readonly<Record<string, V2Case>> = {
  HTTP: HTTP,
  'HTTP, live': LIVE_HTTP,
  WebSocket: WEBSOCKET,
  'WebSocket, live': LIVE_WEBSOCKET,
};

/** A step that enforces the API of a case. */
export function enforceV2Step(
  emulator: Emulator,
  { id, inputs }: V2Case,
  more: Readonly<Record<string, string>> = {},
  hooks: Pick<Step, 'onStart' | 'onOutput'> = {},
): Step {
  return enforceStep(emulator, { 'api-id': id, ...inputs, ...more }, hooks);
}

type Routes = Readonly<Record<string, string>>;

/** All of an API that enforcement may touch. */
export interface V2Picture {
  readonly configured: Routes;
  /** What callers of each stage meet. */
  readonly served: Readonly<Record<string, Routes>>;
  /** Pointers of stages that do not deploy by themselves. */
  readonly stages: Routes;
  /** But those that stages made by themselves. */
  readonly deployments: readonly string[];
}

/** What the emulator holds of an API now. */
export function v2PictureOf(emulator: Emulator, { id }: V2Case): V2Picture {
  const api = emulator.account.v2.apis.get(id);
  if (api === undefined) throw new Error(`there is no API ${id}`);
  const textOf = (routes: Iterable<Parameters<typeof routeText>[0]>): Routes =>
    Object.fromEntries([...routes].map((route) => [route.routeKey, routeText(route)]));
  const stages = [...api.stages.values()];
  return {
    configured: textOf(api.routes.values()),
    served: Object.fromEntries(
      stages.map(({ stageName, servedId = '' }) => [
        stageName,
        textOf(api.deployments.get(servedId)?.snapshot.routes ?? []),
      ]),
    ),
    stages: Object.fromEntries(
      stages.flatMap(({ stageName, autoDeploy, deploymentId = '' }) =>
        autoDeploy ? [] : [[stageName, deploymentId]],
      ),
    ),
    deployments: [...api.deployments.values()].flatMap(({ deploymentId, autoDeployed }) =>
      autoDeployed ? [] : [deploymentId],
    ),
  };
}

function routeText(route: {
  readonly routeKey: string;
  readonly authorizationType: string;
  readonly authorizerId?: string;
  readonly authorizationScopes?: readonly string[];
  readonly apiKeyRequired: boolean;
}): string {
  const { authorizationType, authorizerId, authorizationScopes = [], apiKeyRequired } = route;
  return JSON.stringify([
    ...[authorizationType, authorizerId ?? null],
    [...authorizationScopes].sort(),
    apiKeyRequired,
  ]);
}

/** The same with the deployments that were not there at the start called `new`: ids differ by run. */
export function comparableV2(picture: V2Picture, start: V2Picture): V2Picture {
  const name = (id: string): string => (start.deployments.includes(id) ? id : 'new');
  return {
    ...picture,
    stages: Object.fromEntries(
      Object.entries(picture.stages).map(([stage, id]) => [stage, name(id)]),
    ),
    deployments: picture.deployments.map(name),
  };
}

/** A transaction that nothing disturbs. */
export interface CleanV2 {
  readonly start: V2Picture;
  readonly end: V2Picture;
  /** The control plane's calls, in order. */
  readonly calls: readonly LoggedRequest[];
  readonly mutating: readonly LoggedRequest[];
}

const clean = new Map<V2Case, Promise<CleanV2>>();

/** The clean transaction of a case, run once a test file. */
export function cleanV2(one: V2Case): Promise<CleanV2> {
  const known = clean.get(one) ?? runCleanV2(one);
  clean.set(one, known);
  return known;
}

async function runCleanV2(one: V2Case): Promise<CleanV2> {
  const emulator = await v2Emulator(one);
  const start = v2PictureOf(emulator, one);
  const { main } = await runJob(enforceV2Step(emulator, one));
  if (main.exitCode !== 0) throw new Error(`the clean run failed:\n${main.stdout}`);
  const calls = emulator.requests.filter(({ plane }) => plane === 'control');
  return {
    start,
    end: comparableV2(v2PictureOf(emulator, one), start),
    calls,
    mutating: calls.filter((call) => call.mutating),
  };
}

export function v2Emulator({ seed }: V2Case, options: EmulatorOptions = {}): Promise<Emulator> {
  return emulatorWith(seed, options);
}

/**
 * Whether an API is as it was, or as it is to be; or, where changes are live, some of its routes the one
 * and some the other.
 */
export function whichV2State(
  emulator: Emulator,
  one: V2Case,
  { start, end }: Pick<CleanV2, 'start' | 'end'>,
): 'start' | 'end' | 'partial' | `between: ${string}` {
  const now = comparableV2(v2PictureOf(emulator, one), start);
  const text = JSON.stringify(now);
  if (text === JSON.stringify(start)) return 'start';
  if (text === JSON.stringify(end)) return 'end';
  const isEither = (layer: (picture: V2Picture) => Routes): boolean =>
    Object.entries(layer(now)).every(
      ([key, route]) => route === layer(start)[key] || route === layer(end)[key],
    );
  const isServed = Object.values(now.served).every(
    (routes) => JSON.stringify(routes) === JSON.stringify(now.configured),
  );
  return one.isLive && isServed && isEither(({ configured }) => configured)
    ? 'partial'
    : `between: ${text}`;
}
