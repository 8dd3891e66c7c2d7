import {
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  GetExportCommand,
  GetMethodCommand,
  GetResourcesCommand,
  GetStageCommand,
  UpdateMethodCommand,
} from '@aws-sdk/client-api-gateway';
import { partitionOf } from '../../../src/runtime/partition.js';
import { memberOf } from '../members.js';
import {
  type Case,
  type Question,
  REST_SWITCHES,
  tableRow,
  unclear,
  type Verdict,
} from '../question.js';
import { restDefinition, swaggerDefinition } from '../rest-definition.js';
import type { World } from '../world.js';

const STAGE = 'prod';

/** Whether the document's own security reaches operations that have none. */
const rootSecurity: Question = {
  id: 'rest-root-security',
  kind: 'rest',
  asks: 'Does an import use `security` at the root of the document, with Signature Version 4?',
  creates: 'two REST APIs without a stage',
  rows: [
    tableRow('Import: root-level `security`, OpenAPI 3', 'used'),
    tableRow('Import: root-level `security`, OpenAPI 2', 'not used'),
  ],
  async ask(world) {
    const root = { security: [{ sigv4: [] }] };
    const paths = { '/inherits': 'inherit' } as const;
    return [
      await imported(world, 'root-3', restDefinition(paths, root), 'OpenAPI 3'),
      await imported(world, 'root-2', swaggerDefinition(paths, root), 'OpenAPI 2'),
    ];
  },
  decides: (cases) => ['OpenAPI 3', 'OpenAPI 2'].map((name) => securityVerdict(cases.named(name))),
};

async function imported(world: World, purpose: string, definition: object, name: string) {
  const restApiId = await world.restApi(purpose, { ...definition });
  return world.told(name, () =>
    world.planes.rest.send(new GetResourcesCommand({ restApiId, embed: ['methods'] })),
  );
}

function securityVerdict(found: Case): Verdict {
  const type = /"authorizationType":"(\w+)"/.exec(found.body)?.[1];
  if (type === 'AWS_IAM') return { value: 'used', words: 'the method has AWS_IAM' };
  if (type === 'NONE') return { value: 'not used', words: 'the method has NONE' };
  return unclear(found.body);
}

/** A stage whose canary has a path more. */
async function canaryStage(world: World, purpose: string): Promise<string> {
  const restApiId = await world.restApi(purpose, restDefinition({ '/old': 'NONE' }));
  await world.deployRest(restApiId, STAGE);
  await world.putRest(restApiId, purpose, restDefinition({ '/new': 'NONE' }));
  await world.planes.rest.send(
    new CreateDeploymentCommand({
      restApiId,
      stageName: STAGE,
      canarySettings: { percentTraffic: 10 },
    }),
  );
  return restApiId;
}

/** Which deployment an export shows under a canary. */
const exportUnderCanary: Question = {
  id: 'rest-export-under-canary',
  kind: 'rest',
  asks: 'Which deployment does GetExport show of a stage with a canary?',
  creates: 'one REST API with a canary',
  rows: [REST_SWITCHES.exportUnderCanary],
  async ask(world) {
    const restApiId = await canaryStage(world, 'canary-export');
    return [
      await world.told('GetExport', () =>
        world.planes.rest.send(
          new GetExportCommand({ restApiId, stageName: STAGE, exportType: 'oas30' }),
        ),
      ),
    ];
  },
  decides(cases) {
    const { body, status } = cases.named('GetExport');
    if (status !== 200 || !body.includes('/old')) return [unclear(body)];
    return body.includes('/new')
      ? [{ value: 'canary', words: 'the path that only the canary has is there' }]
      : [{ value: 'stage', words: 'the path that only the canary has is not there' }];
  },
};

/** What a deployment of the stage does to its canary. */
const canaryAfterDeploy: Question = {
  id: 'rest-canary-after-deploy',
  kind: 'rest',
  asks: 'What becomes of a canary when its stage is deployed without canary settings?',
  creates: 'one REST API with a canary',
  rows: [tableRow('A canary when its stage is deployed', 'stays')],
  async ask(world) {
    const restApiId = await canaryStage(world, 'canary-deploy');
    const get = () => world.planes.rest.send(new GetStageCommand({ restApiId, stageName: STAGE }));
    const before = await world.told('before', get);
    await world.deployRest(restApiId, STAGE);
    return [before, await world.told('after', get)];
  },
  decides(cases) {
    const before = memberOf(cases.named('before').body, 'canarySettings', 'deploymentId');
    const after = memberOf(cases.named('after').body, 'canarySettings', 'deploymentId');
    if (before === undefined) return [unclear(cases.named('before').body)];
    if (after === undefined) return [{ value: 'goes', words: 'the stage has no canary any more' }];
    return after === before
      ? [{ value: 'stays', words: 'the canary has the deployment that it had' }]
      : [{ value: 'moves', words: 'the canary has another deployment' }];
  },
};

/** Whether an authorizer stays visible behind another type. */
const authorizerId: Question = {
  id: 'rest-authorizer-id',
  kind: 'rest',
  asks: 'Does authorizerId stay when only the type of a method leaves CUSTOM?',
  creates: 'one REST API with an authorizer whose function does not exist, without a stage',
  rows: [tableRow('`authorizerId` when the type leaves CUSTOM', 'stays')],
  async ask(world) {
    const { rest, region } = world.planes;
    const restApiId = await world.restApi('authorizer', restDefinition({ '/a': 'NONE' }));
    const partition = partitionOf(region);
    const authorizer = await rest.send(
      new CreateAuthorizerCommand({
        restApiId,
        name: 'asked',
        type: 'TOKEN',
        identitySource: 'method.request.header.Authorization',
        authorizerUri: `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/arn:${partition}:lambda:${region}:${world.accountId}:function:none/invocations`,
      }),
    );
    const resources = await rest.send(new GetResourcesCommand({ restApiId }));
    const resourceId = resources.items?.find(({ path }) => path === '/a')?.id;
    const method = { restApiId, resourceId, httpMethod: 'GET' };
    const custom = await rest.send(
      new UpdateMethodCommand({
        ...method,
        patchOperations: [
          { op: 'replace', path: '/authorizationType', value: 'CUSTOM' },
          { op: 'replace', path: '/authorizerId', value: authorizer.id },
        ],
      }),
    );
    await rest.send(
      new UpdateMethodCommand({
        ...method,
        patchOperations: [{ op: 'replace', path: '/authorizationType', value: 'AWS_IAM' }],
      }),
    );
    return [
      await world.told('as CUSTOM', async () => custom),
      await world.told('as AWS_IAM', () => rest.send(new GetMethodCommand(method))),
    ];
  },
  decides(cases) {
    const type = memberOf(cases.named('as AWS_IAM').body, 'authorizationType');
    const before = memberOf(cases.named('as CUSTOM').body, 'authorizerId');
    if (type !== 'AWS_IAM' || before === undefined)
      return [unclear(cases.named('as AWS_IAM').body)];
    return memberOf(cases.named('as AWS_IAM').body, 'authorizerId') === undefined
      ? [{ value: 'goes', words: 'the method has no authorizerId any more' }]
      : [{ value: 'stays', words: 'the method has authorizerId beside AWS_IAM' }];
  },
};

export const REST_CONTROL: readonly Question[] = [
  rootSecurity,
  exportUnderCanary,
  canaryAfterDeploy,
  authorizerId,
];
