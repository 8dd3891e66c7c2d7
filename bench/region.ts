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
