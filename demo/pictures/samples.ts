import { join } from 'node:path';
import { readSeed } from '../../emulator/seed.js';
import { type SeedFile, startEmulator } from '../../emulator/server.js';
import { REPOSITORY } from '../../runner/bundle.js';
import { runAction, type StepResult } from '../../runner/run-action.js';

/** An account whose audit is shown. */
export interface Sample {
  readonly name: '12-methods' | '300-methods' | '40-apis';
  readonly words: string;
  readonly seed: () => Promise<SeedFile>;
  readonly inputs: Readonly<Record<string, string>>;
}

/** What a reader meets: an API, a large one, a region. */
export const SAMPLES: readonly Sample[] = [
  {
    name: '12-methods',
    words: 'one stage of one API, 12 methods',
    seed: () => readSeed(join(REPOSITORY, 'emulator', 'seeds', 'orders.json')),
    inputs: { 'api-id': 'a1b2c3d4e5', stage: 'prod' },
  },
  {
    name: '300-methods',
    words: 'one API of 300 methods',
    seed: async () => ({ apis: [shop(0, 'shop', 300)] }),
    inputs: { 'api-id': '*' },
  },
  {
    name: '40-apis',
    words: 'a region of 40 APIs',
    seed: async () => ({ apis: NAMES.map((name, index) => region(index, name)) }),
    inputs: { 'api-id': '*' },
  },
];

const NAMES = Array.from({ length: 40 }, (_, index) => {
  const words = ['orders', 'billing', 'catalogue', 'search', 'customers', 'stock', 'mail', 'tax'];
  const areas = ['shop', 'partners', 'internal', 'mobile', 'warehouse'];
  return `${areas[Math.floor(index / words.length)]}-${words[index % words.length]}`;
});

type Api = NonNullable<SeedFile['apis']>[number];

function idOf(index: number): string {
  return `shop${String(index).padStart(6, '0')}`;
}

/** An API of resources with the usual four methods each; a few are open, or have an authorizer. */
function shop(index: number, name: string, methods: number, open: readonly string[] = OPEN): Api {
  const all: Record<string, { auth: 'AWS_IAM' | 'NONE' }> = {};
  for (let number = 0; Object.keys(all).length < methods; number += 1) {
    const resource = `/${RESOURCES[number % RESOURCES.length]}${number < RESOURCES.length ? '' : `-v${Math.floor(number / RESOURCES.length) + 1}`}`;
    for (const key of [
      `GET ${resource}`,
      `POST ${resource}`,
      `GET ${resource}/{id}`,
      `DELETE ${resource}/{id}`,
    ]) {
      if (Object.keys(all).length === methods) break;
      all[key] = { auth: open.includes(key) ? 'NONE' : 'AWS_IAM' };
    }
  }
  return {
    id: idOf(index),
    name,
    methods: all,
    deployments: [{ id: `dep${index}` }],
    stages: { prod: { deployment: `dep${index}` } },
  };
}

const RESOURCES = [
  'orders',
  'items',
  'customers',
  'invoices',
  'payments',
  'refunds',
  'carts',
  'reviews',
  'addresses',
  'shipments',
];

const OPEN = [
  'GET /orders',
  'POST /orders',
  'GET /invoices-v2',
  'GET /invoices-v2/{id}',
  'DELETE /carts-v3/{id}',
  'GET /reviews',
  'POST /reviews-v4',
];

/** Of the region, three APIs are open, and one can be called by everybody who has an AWS account. */
function region(index: number, name: string): Api {
  const open =
    index === 6
      ? ['GET /orders', 'POST /orders']
      : index === 19
        ? ['DELETE /orders/{id}']
        : index === 31
          ? ['GET /orders/{id}']
          : [];
  const api = shop(index, name, 4 + (index % 9), open);
  return index === 11 ? { ...api, policy: OPEN_POLICY } : api;
}

const OPEN_POLICY: NonNullable<Api['policy']> = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
  ],
};

/** Audits a sample with the bundle that ships. */
export async function audit(sample: Sample, bundle: string): Promise<StepResult> {
  const emulator = await startEmulator({ seed: [await sample.seed()] });
  try {
    if (sample.name === '40-apis') {
      emulator.injectFault({
        operation: 'GetStages',
        where: ({ path }) => path.includes(idOf(25)),
        effect: { kind: 'answer', status: 403, errorType: 'AccessDeniedException' },
      });
    }
    return await runAction({
      bundle,
      inputs: { 'endpoint-url': `${emulator.url}/{api-id}/{stage}`, ...sample.inputs },
      environment: { ...emulator.env, ...RUN },
    });
  } finally {
    await emulator.close();
  }
}

/** A run of a workflow, so that the report leads somewhere. */
const RUN = {
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'octo-org/orders',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_SHA: 'c'.repeat(40),
  GITHUB_RUN_ID: '4711',
  GITHUB_ACTION_REPOSITORY: 'octo-org/apigw-iam-gate',
  GITHUB_ACTION_REF: 'v1',
};
