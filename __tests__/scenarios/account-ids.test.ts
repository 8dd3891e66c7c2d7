import { expect, test } from '@jest/globals';
import { scenario } from './kit.js';

const ACCOUNT = '123456789012';

test.each([
  { mode: 'audit' },
  { mode: 'plan' },
  { mode: 'enforce' },
  { 'api-id': `name:orders-${ACCOUNT}` },
  { 'api-id': `tag:owner=arn:aws:iam::${ACCOUNT}:user/alice` },
  { 'api-id': `tag:owner=arn:aws:iam::${ACCOUNT}:user/bob` },
])('an account id in the name or a tag of an API shows nowhere: %j', async (inputs) => {
  const { run } = await scenario({
    apis: [
      {
        id: 'e1c2h3o4e5',
        name: `orders-${ACCOUNT}`,
        tags: { owner: `arn:aws:iam::${ACCOUNT}:user/alice` },
        methods: {
          'GET /': { auth: 'AWS_IAM' },
          'POST /': {
            auth: 'NONE',
            integration: {
              type: 'HTTP_PROXY',
              httpMethod: 'POST',
              uri: `https://alice:s3cr3t@backend.example.com/v1?key=SECRETKEY&account=${ACCOUNT}`,
            },
          },
        },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  });
  const { stdout, stderr, summary, report, html, sarif, junit, outputs } = await run(inputs, {
    RUNNER_DEBUG: '1',
  });
  const said = [stdout, stderr, summary, report, html, sarif, junit, JSON.stringify(outputs)];
  expect(said.join('\n')).not.toMatch(/123456789012|alice|s3cr3t|SECRETKEY/);
  expect(said.join('\n')).toContain('9012');
});
