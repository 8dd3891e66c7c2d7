import type { SeedFile } from '../emulator/seed.js';

/** A region of protected APIs, each with so many methods and one stage. */
export function syntheticRegion(apis: number, methods: number): SeedFile {
  return {
    apis: Array.from({ length: apis }, (_, index) => ({
      id: `r${String(index).padStart(9, '0')}`,
      name: `synthetic-${index}`,
      repeat: [
        {
          count: methods,
          key: `GET /item-#`,
          method: {
            auth: 'AWS_IAM' as const,
            integration: {
              type: 'AWS_PROXY' as const,
              httpMethod: 'POST',
              uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:synthetic-${index}/invocations`,
            },
          },
        },
      ],
      deployments: [{ id: `dep${index}` }],
      stages: { prod: { deployment: `dep${index}` } },
    })),
  };
}

/**
 * So many protected HTTP APIs, each with so many routes, and as many WebSocket APIs; every other one has a stage
 * that deploys by itself.
 */
export function syntheticRegionV2(apis: number, routes: number): SeedFile {
  const stagesOf = (index: number) =>
    index % 2 === 0 ? { prod: { autoDeploy: true } } : { prod: { deployment: `dep${index}` } };
  const deploymentsOf = (index: number) => (index % 2 === 0 ? [] : [{ id: `dep${index}` }]);
  const numbers = Array.from({ length: apis }, (_, index) => index);
  const idOf = (letter: string, index: number) => `${letter}${String(index).padStart(9, '0')}`;
  return {
    httpApis: numbers.map((index) => ({
      id: idOf('h', index),
      name: `http-${index}`,
      routes: Object.fromEntries(
        Array.from({ length: routes }, (_, at) => [
          `GET /item-${at}`,
          { auth: 'AWS_IAM' as const },
        ]),
      ),
      deployments: deploymentsOf(index),
      stages: stagesOf(index),
    })),
    webSocketApis: numbers.map((index) => ({
      id: idOf('w', index),
      name: `websocket-${index}`,
      routes: { $connect: { auth: 'AWS_IAM' as const }, $default: {} },
      deployments: deploymentsOf(index),
      stages: stagesOf(index),
    })),
  };
}
