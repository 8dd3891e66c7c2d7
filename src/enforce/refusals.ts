import { isRequiredType } from '../config/requirement.js';
import { isPreflight } from '../evidence/layers.js';
import {
  type ApiEvidence,
  type ConfiguredMethod,
  type DeployedMethod,
  isUntold,
  type Methods,
  nameOf,
  UNREADABLE,
} from '../model/evidence.js';
import type { ApiPlan, ExpectedMethod, PlanOptions } from './api-plan.js';

/** What a person must settle before the first change. */
export function refusalsOf(
  plan: Omit<ApiPlan, 'refusals'>,
  configured: Methods<ConfiguredMethod>,
): string[] {
  const refusals: string[] = [...refusalsOfStatus(plan.api)];
  for (const method of configured.values()) {
    if (method.authorizationType === UNREADABLE) {
      refusals.push(`AWS returned no authorization type for ${method.method} ${method.path}`);
    }
  }
  if (!plan.api.stages.readable) return refusals;
  for (const stage of plan.api.stages.value) {
    if (!stage.deployed.readable) {
      if (isUntold(stage.deployed)) continue;
      refusals.push(`the snapshot of stage ${stage.name} could not be read`);
      continue;
    }
    for (const [key, { authorizationType, unread }] of stage.deployed.value) {
      if (isUntold(unread)) continue;
      if (unread !== null && authorizationType !== UNREADABLE) {
        refusals.push(`whether ${key} is a preflight in what ${stage.name} serves is not known`);
      }
      if (authorizationType === UNREADABLE) {
        refusals.push(
          `AWS returned no authorization type for ${key} in the snapshot of ${stage.name}`,
        );
      }
    }
  }
  for (const stage of plan.stages) {
    if (stage.deployment?.isManaged === true) {
      refusals.push(`API Gateway manages stage ${stage.name}, and lets nobody move it`);
    }
    if (stage.canary !== null) {
      refusals.push(
        `stage ${stage.name} has a canary (${stage.canary.percentTraffic} % of its traffic); promote or remove it first`,
      );
    }
    if (!stage.deployed.readable) continue;
    for (const key of openedBy(configured, plan.expected, stage.deployed.value)) {
      refusals.push(openingText(stage.name, key));
    }
  }
  return refusals;
}

/** Why nothing may be changed that is live at once. */
export function refusalsOfLive(
  { live }: Pick<ApiPlan, 'live'>,
  { allowLiveChanges }: PlanOptions,
): string[] {
  if (live.length === 0 || allowLiveChanges === true) return [];
  const names = live.map(({ name }) => name);
  return [liveRefusal(names)];
}

/** Why an API is left alone whose stages deploy by themselves. */
export function liveRefusal(names: readonly string[]): string {
  const which =
    names.length === 1 ? `stage ${names[0]} deploys` : `stages ${names.join(', ')} deploy`;
  return `${which} every change at once (AutoDeploy): each route would reach its callers before it is proven, and there is no deployment to roll back to; set allow-live-changes: true to change one route after the other, each proven before the next, or turn AutoDeploy off`;
}

/**
 * An API that the service itself is changing is left alone. Where AWS returns no status, as it did
 * before it added the member, there is nothing to refuse.
 */
function refusalsOfStatus({ description }: ApiEvidence): string[] {
  if (!description.readable) return ['whether it is AVAILABLE could not be read'];
  const { status, statusMessage } = description.value;
  if (status === null || status === 'AVAILABLE') return [];
  const said = statusMessage === null ? '' : ` (${statusMessage})`;
  return [`its status is ${status}${said}, not AVAILABLE; wait until it is, and run the job again`];
}

/** Methods that a stage serves with AWS_IAM and the deployment would serve without; a preflight may. */
function openedBy(
  configured: Methods<ConfiguredMethod>,
  expected: Methods<ExpectedMethod>,
  deployed: Methods<DeployedMethod>,
): string[] {
  return [...deployed].flatMap(([key, { authorizationType }]) => {
    const method = configured.get(key);
    const isAllowed = method !== undefined && isPreflight(method);
    return !isAllowed && opens(authorizationType, expected.get(key)) ? [key] : [];
  });
}

/** Whether a deployment would serve without AWS_IAM what is served with it. */
export function opens(served: string, next: ExpectedMethod | undefined): boolean {
  return next !== undefined && isRequiredType(served) && !isRequiredType(next.authorizationType);
}

/** What nobody can allow, as part of a sentence. */
export function openingText(stage: string, key: string): string {
  return `a deployment to stage ${stage} would open ${key}, which is closed there`;
}

/** Why an API is left alone, as one sentence. */
export function refusalText(plan: ApiPlan): string {
  return `Enforce left ${nameOf(plan.api)} (${plan.api.id}) as it is: ${plan.refusals.join('; ')}.`;
}
