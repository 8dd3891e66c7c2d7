import type { SeedFile } from '../emulator/seed.js';

/** Id of the API in every synthetic seed. */
export const API_ID = 'b1e2n3c4h5';

/** The sizes that calls are counted for: one resource, one page, one page still, three pages. */
export const RESOURCE_COUNTS = [1, 50, 300, 1200] as const;

/**
 * A protected API: `resources` resources, the root among them, each with one GET method. Three
 * stages and a canary serve two deployments between them, so that a reader that fetches a deployment
 * more than once is found out.
 */
export function syntheticApi(resources: number): SeedFile {
  const belowRoot = resources - 1;
  return {
    apis: [
      {
        id: API_ID,
        name: `synthetic-${resources}`,
        methods: { 'GET /': { auth: 'AWS_IAM' } },
        ...(belowRoot === 0
          ? {}
          : { repeat: [{ count: belowRoot, key: 'GET /item-#', method: { auth: 'AWS_IAM' } }] }),
        deployments: [{ id: 'dep001' }, { id: 'dep002' }],
        stages: {
          dev: { deployment: 'dep001' },
          test: { deployment: 'dep002', canary: { deployment: 'dep001', percentTraffic: 0 } },
          prod: { deployment: 'dep002' },
        },
      },
    ],
  };
}
