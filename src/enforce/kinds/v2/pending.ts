import type { ApiGatewayV2 } from '../../../aws/api-gateway-v2.js';
import { reading } from '../../../evidence/reading.js';
import { readStageList } from '../../../evidence/v2/stages.js';
import {
  type DeployedMethod,
  methodKey,
  type StageEvidence,
  UNTOLD,
} from '../../../model/evidence.js';
import type { ApiPlan } from '../../api-plan.js';
import { pendingText } from '../../pending-changes.js';
import { liveRefusal, openingText, opens } from '../../refusals.js';
import { saysFailed } from '../../steps/auto-deployment.js';
import type { Pending } from '../enforcer.js';
import { type ExportedApi, readExported } from './exported.js';

/** What a deployment of an HTTP API would ship besides the plan: the export of each stage against the newest. */
export async function pendingOfHttp(plan: ApiPlan, apiGateway: ApiGatewayV2): Promise<Pending> {
  const { api, stages } = plan;
  const others = await stagesElsewhere(plan, apiGateway);
  const found = [...plan.live.flatMap(undeployed), ...others.found];
  const uncompared = noteOnPreflights(plan);
  const refusals = [...others.refusals];
  if (stages.length === 0) return { found, uncompared, refusals };
  const newest = await reading('ExportApi', () => readExported(apiGateway, api.id, null));
  for (const stage of stages) {
    const served = await reading('ExportApi', () => readExported(apiGateway, api.id, stage.name));
    const unread = [newest, served].find((it) => !it.readable);
    if (unread !== undefined && !unread.readable) {
      found.push(
        `what else a deployment to stage ${stage.name} would ship could not be read (${unread.call} ${unread.reason}. ${unread.remedy})`,
      );
    }
    if (!newest.readable || !served.readable) continue;
    for (const change of differences(plan, stage, served.value, newest.value)) {
      found.push(pendingText(stage.name, change));
    }
    for (const key of openedIn(plan, stage, served.value)) {
      refusals.push(openingText(stage.name, key));
    }
    if (stage.deployed.readable && !isSighted(plan, stage) && plan.changes.length === 0) {
      found.push(unknownText(stage.name, 'its export may show what is configured'));
    }
  }
  return { found, uncompared, refusals };
}

/** A route for OPTIONS always has a backend, which may be what answers preflights. */
function noteOnPreflights({ changes }: ApiPlan): string[] {
  const keys = changes.flatMap(({ method, path }) =>
    method === 'OPTIONS' ? [methodKey(method, path)] : [],
  );
  if (keys.length === 0) return [];
  return [
    `Browsers never sign preflights, and ${keys.join(', ')} will want a signature. If browsers call this API, let API Gateway answer them (CorsConfiguration), or give the route an exception.`,
  ];
}

/** A deployment of a WebSocket API tells nothing of what it holds. */
export async function pendingOfWebSocket(
  plan: ApiPlan,
  apiGateway: ApiGatewayV2,
): Promise<Pending> {
  const others = await stagesElsewhere(plan, apiGateway);
  return {
    ...others,
    found: [
      ...plan.live.flatMap(undeployed),
      ...others.found,
      ...plan.stages.map(({ name }) =>
        unknownText(name, 'AWS does not tell what a stage of a WebSocket API serves'),
      ),
    ],
  };
}

function unknownText(stage: string, why: string): string {
  return `what else a deployment to stage ${stage} would ship is not known: ${why}`;
}

/** Whether what is read of a stage differs from what is configured, so that it is not just that. */
function isSighted({ api: { configured } }: ApiPlan, { deployed }: StageEvidence): boolean {
  if (!configured.readable || !deployed.readable) return false;
  return [...configured.value].some(
    ([key, { authorizationType }]) =>
      deployed.value.get(key)?.authorizationType !== authorizationType &&
      deployed.value.get(key)?.unread === null,
  );
}

/** A stage whose last deployment failed ships what it left behind together with the next change. */
function undeployed({ name, deployment }: StageEvidence): string[] {
  const message = deployment?.lastDeploymentStatusMessage;
  if (!saysFailed(message)) return [];
  return [
    `stage ${name} has not deployed an earlier change, which a change of a route would ship (${message})`,
  ];
}

/**
 * Stages that deploy by themselves and that nobody asked about: what is changed is live there, too, and
 * would not be proven.
 */
async function stagesElsewhere(
  { api, changes, live }: ApiPlan,
  apiGateway: ApiGatewayV2,
): Promise<Pending & { readonly found: string[] }> {
  const nothing = { found: [], uncompared: [], refusals: [] };
  const known = new Set(api.stages.readable ? api.stages.value.map(({ name }) => name) : []);
  if (changes.length === 0 || api.stageNames.every((name) => known.has(name))) return nothing;
  const stages = await reading('GetStages', () => readStageList(apiGateway, api.id));
  if (!stages.readable) {
    const { call, reason, remedy } = stages;
    const refusal = `whether other stages deploy by themselves could not be read (${call} ${reason}. ${remedy})`;
    return { ...nothing, refusals: [refusal] };
  }
  const others = stages.value
    .filter(({ StageName, AutoDeploy }) => AutoDeploy === true && !known.has(StageName))
    .map(({ StageName }) => StageName);
  if (others.length === 0) return nothing;
  const refusals = [
    ...(live.length === 0 ? [liveRefusal(others)] : []),
    `what is changed would be live at once in ${others.join(', ')}, too, and not be proven there; name every stage that deploys by itself in the input stage`,
  ];
  return { ...nothing, refusals };
}

/**
 * Routes that the export of a stage shows with AWS_IAM, and that the deployment would serve without. Where
 * the evidence tells what is served, the plan itself is refused for them.
 */
function openedIn(
  { expected }: ApiPlan,
  { deployed }: StageEvidence,
  served: ExportedApi,
): string[] {
  return [...served.routes].flatMap(([key, { authorizationType }]) => {
    const isTold = deployed.readable && deployed.value.get(key)?.authorizationType !== UNTOLD;
    return !isTold && opens(authorizationType, expected.get(key)) ? [key] : [];
  });
}

/** What differs between two exports that the plan does not put there, and the evidence does not tell. */
function differences(
  { changes }: ApiPlan,
  { deployed }: StageEvidence,
  served: ExportedApi,
  newest: ExportedApi,
): string[] {
  const planned = new Set(changes.map(({ method, path }) => methodKey(method, path)));
  const told = deployed.readable ? deployed.value : new Map<string, DeployedMethod>();
  const found: string[] = [];
  for (const key of new Set([...served.routes.keys(), ...newest.routes.keys()])) {
    const [before, after] = [served.routes.get(key), newest.routes.get(key)];
    if (before === undefined || after === undefined) {
      found.push(`${key} is ${before === undefined ? 'new' : 'gone'}`);
      continue;
    }
    if (before.rest !== after.rest) found.push(`${key} changes in its integration or its answers`);
    const [from, to] = [before.authorizationType, after.authorizationType];
    const isTold = told.get(key)?.authorizationType !== UNTOLD;
    if (from !== to && !isTold && !planned.has(key))
      found.push(`${key} goes from ${from} to ${to}`);
  }
  for (const name of new Set([...served.parts.keys(), ...newest.parts.keys()])) {
    if (served.parts.get(name) !== newest.parts.get(name)) found.push(`the API's ${name} changes`);
  }
  // An export has the authorizers that its routes use: one that is used by the one alone comes with a type.
  for (const [name, authorizer] of served.authorizers) {
    const now = newest.authorizers.get(name) ?? authorizer;
    if (now !== authorizer) found.push(`the API's authorizer ${name} changes`);
  }
  return found;
}
