import {
  DeleteRouteCommand,
  GetDeploymentsCommand,
  GetRoutesCommand,
  GetStageCommand,
  ReimportApiCommand,
  UpdateRouteCommand,
} from '@aws-sdk/client-apigatewayv2';
import { addRoute, autoStage, backendUrl, toBackend } from '../http-api.js';
import { memberOf } from '../members.js';
import { type Cases, type Question, unclear, v2Switch } from '../question.js';
import type { World } from '../world.js';

/** Whether the route of a quick create can be closed. */
const managedRoute: Question = {
  id: 'http-managed-route',
  kind: 'http',
  asks: 'Can the authorization of the route that quick create made be changed?',
  creates: 'one HTTP API by quick create, and the REST API of the run as its backend',
  rows: [v2Switch('managedRoute')],
  async ask(world) {
    const apiId = await world.httpApi('quick', { Target: await backendUrl(world) });
    const { v2 } = world.planes;
    const before = await v2.send(new GetRoutesCommand({ ApiId: apiId }));
    const RouteId = before.Items?.[0]?.RouteId;
    return [
      await world.told('the route', async () => before),
      await world.told('UpdateRoute', () =>
        v2.send(new UpdateRouteCommand({ ApiId: apiId, RouteId, AuthorizationType: 'AWS_IAM' })),
      ),
      await world.told('the route afterwards', () =>
        v2.send(new GetRoutesCommand({ ApiId: apiId })),
      ),
    ];
  },
  decides(cases) {
    const { status, body } = cases.named('UpdateRoute');
    const isClosed = cases.named('the route afterwards').body.includes('"AWS_IAM"');
    if (status >= 400 && status < 500 && !isClosed) return [{ value: 'refused', words: body }];
    return status === 200 && isClosed
      ? [{ value: 'key-only', words: 'the route has AWS_IAM now' }]
      : [unclear(`${status} ${body}`)];
  },
};

/** More than a page of any size that is thought to be the default, fewer than an API may have. */
const ROUTES = 120;
const ASKED_PAGES = ['100', '101', '500', '501', '1000'];

/** The sizes of pages. */
const pages: Question = {
  id: 'http-pages',
  kind: 'http',
  asks: 'How many items has a page without MaxResults, and what does a MaxResults get that is too large?',
  creates: `one HTTP API of ${ROUTES} routes without a stage`,
  rows: [v2Switch('defaultPage'), v2Switch('largePage'), v2Switch('maxPage')],
  async ask(world) {
    const apiId = await world.httpApi('pages');
    const { v2 } = world.planes;
    await v2.send(new ReimportApiCommand({ ApiId: apiId, Body: await manyRoutes(world) }));
    const cases = [await page(world, apiId, undefined)];
    for (const size of ASKED_PAGES) cases.push(await page(world, apiId, size));
    return cases;
  },
  decides: (cases) => [defaultPage(cases), ...largePage(cases)],
};

async function manyRoutes(world: World): Promise<string> {
  const integration = {
    type: 'http_proxy',
    httpMethod: 'GET',
    uri: await backendUrl(world),
    payloadFormatVersion: '1.0',
  };
  const operation = {
    responses: { default: { description: 'Default' } },
    'x-amazon-apigateway-integration': integration,
  };
  const numbers = Array.from({ length: ROUTES }, (_, index) => index + 1);
  return JSON.stringify({
    openapi: '3.0.1',
    info: { title: world.nameOf('pages'), version: '1' },
    tags: world.documentTags,
    paths: Object.fromEntries(numbers.map((it) => [`/route-${it}`, { get: operation }])),
  });
}

async function page(world: World, apiId: string, size: string | undefined) {
  return world.told(`MaxResults ${size ?? 'not given'}`, async () => {
    const {
      Items = [],
      NextToken,
      $metadata,
    } = await world.planes.v2.send(new GetRoutesCommand({ ApiId: apiId, MaxResults: size }));
    return { $metadata, items: Items.length, isLast: NextToken === undefined };
  });
}

function defaultPage(cases: Cases) {
  const { status, body } = cases.named('MaxResults not given');
  const items = Number(memberOf(body, 'items'));
  if (status !== 200) return unclear(body);
  return items < ROUTES
    ? { value: String(items), words: `${items} of ${ROUTES} routes came` }
    : unclear(`all ${ROUTES} routes came`);
}

function largePage(cases: Cases) {
  const found = ASKED_PAGES.map((size) => ({ size, ...cases.named(`MaxResults ${size}`) }));
  const refused = found.filter(({ status }) => status === 400);
  const words = found.map(({ size, status, body }) => `${size}: ${status} ${body}`).join('; ');
  if (refused.length > 0) {
    const taken = found.filter(({ status }) => status === 200).at(-1);
    const next = String(Number(taken?.size) + 1);
    const isExact = refused[0]?.size === next;
    return [
      { value: 'refused', words },
      isExact && taken !== undefined
        ? { value: taken.size, words: `${taken.size} is taken, ${next} is not` }
        : unclear(words),
    ];
  }
  const most = Math.max(...found.map(({ body }) => Number(memberOf(body, 'items') ?? 0)));
  return [
    { value: 'cut', words },
    most < ROUTES
      ? { value: String(most), words: `${most} items came at the most` }
      : unclear(`all ${ROUTES} routes came: it is ${ROUTES} or more`),
  ];
}

/** Which deployment a stage tells when its own failed. */
const pendingDeployment: Question = {
  id: 'http-failed-deployment',
  kind: 'http',
  asks: 'Which DeploymentId does a stage tell whose automatic deployment failed?',
  creates: 'one HTTP API, and the REST API of the run as its backend',
  rows: [v2Switch('pendingDeploymentId')],
  async ask(world) {
    const apiId = await world.httpApi('failed');
    const target = await toBackend(world, apiId);
    const routeId = await addRoute(world, apiId, 'GET /open', 'NONE', target);
    await autoStage(world, apiId);
    const asked = { apiId, stage: '$default', path: '/open' };
    await world.ready('the open route', asked, 200);
    const { v2 } = world.planes;
    const stage = () => v2.send(new GetStageCommand({ ApiId: apiId, StageName: '$default' }));
    const before = await world.told('before', stage);
    // An API without routes cannot be deployed.
    await v2.send(new DeleteRouteCommand({ ApiId: apiId, RouteId: routeId }));
    const right = await world.told('right after', stage);
    for (let looked = 0; looked < 30; looked++) {
      const { Items = [] } = await v2.send(new GetDeploymentsCommand({ ApiId: apiId }));
      if (Items.some(({ DeploymentStatus }) => DeploymentStatus === 'FAILED')) break;
      await world.pause();
    }
    return [
      before,
      right,
      await world.told('when it has failed', stage),
      await world.told('deployments', () => v2.send(new GetDeploymentsCommand({ ApiId: apiId }))),
    ];
  },
  decides(cases) {
    const [before, failed] = ['before', 'when it has failed'].map((it) =>
      memberOf(cases.named(it).body, 'DeploymentId'),
    );
    const { body } = cases.named('deployments');
    if (before === undefined || !body.includes('FAILED')) return [unclear(body)];
    return failed === before
      ? [{ value: 'old', words: 'the one that was deployed before' }]
      : [{ value: 'new', words: 'another one than before' }];
  },
};

export const HTTP_CONTROL: readonly Question[] = [managedRoute, pages, pendingDeployment];
