import { allowedTypesOf, type Config, exceptionFor } from '../config/config.js';
import {
  isAuthorizerType,
  isRequiredType,
  REQUIRED_AUTHORIZATION_TYPE,
} from '../config/requirement.js';
import { isPreflight } from '../evidence/layers.js';
import {
  type ApiEvidence,
  type ConfiguredMethod,
  type DeployedMethod,
  givenNameOf,
  isUntold,
  type Methods,
  methodKey,
  nameOf,
  type StageEvidence,
  UNREADABLE,
  UNTOLD,
} from '../model/evidence.js';
import { stageKey } from '../model/stage-key.js';

/** A method whose authorization enforce changes. */
export interface PlannedChange {
  readonly resourceId: string;
  readonly method: string;
  readonly path: string;
  readonly from: string;
  readonly to: string;
  /** The method as it was planned from: where it reads otherwise later, somebody else is at work. */
  readonly former: ConfiguredMethod;
}

/** What the new deployment must hold of a method. */
export interface ExpectedMethod {
  readonly authorizationType: string;
  readonly apiKeyRequired: boolean;
}

/** A method without AWS_IAM that enforce leaves as it is, and why. */
export interface KeptMethod {
  readonly method: string;
  readonly path: string;
  readonly authorizationType: string;
  readonly reason: string;
}

/** What enforce would do to one API. */
export interface ApiPlan {
  readonly api: ApiEvidence;
  readonly changes: readonly PlannedChange[];
  readonly kept: readonly KeptMethod[];
  /** Stages that must be pointed at a new deployment. */
  readonly stages: readonly StageEvidence[];
  /** Stages that deploy by themselves: whatever is changed reaches their callers at once. */
  readonly live: readonly StageEvidence[];
  /** What the new deployment must contain, to the letter. */
  readonly expected: Methods<ExpectedMethod>;
  /**
   * OPTIONS methods that reach a backend where they are served without IAM, and are configured as
   * preflights, by {@link servedKey}: that their integration changes is what the deployment is for.
   */
  readonly becomingPreflights: ReadonlySet<string>;
  /** What else the deployment would ship to a stage; a user may allow it. */
  readonly pending: readonly string[];
  /** Why nothing at all is done to this API; empty where it may be. */
  readonly refusals: readonly string[];
}

/** What decides which methods are changed. */
export interface PlanOptions {
  readonly policy: Config;
  /** `YYYY-MM-DD`, UTC: an expired exception keeps nothing. */
  readonly today: string;
  readonly replaceAuthorizers: boolean;
  /** Changes may be made that are live at once. */
  readonly allowLiveChanges?: boolean;
  /** Stages that answered as if they served what is not configured, by `stageKey`. */
  readonly servedOpen?: ReadonlySet<string>;
}

/** Names a method of a stage. */
export function servedKey(stage: string, key: string): string {
  return JSON.stringify([stage, key]);
}

/** Whether a plan does anything. */
export function isIdle(plan: Pick<ApiPlan, 'changes' | 'stages'>): boolean {
  return plan.changes.length === 0 && plan.stages.length === 0;
}

/** Plans the enforcement of every API: pure, and as such also what mode `plan` shows. */
export function planEnforcement(apis: readonly ApiEvidence[], options: PlanOptions): ApiPlan[] {
  return apis.map((api) => planApi(api, options));
}

function planApi(api: ApiEvidence, options: PlanOptions): ApiPlan {
  const nothing: Omit<ApiPlan, 'refusals'> = {
    api,
    changes: [],
    kept: [],
    stages: [],
    live: [],
    expected: new Map(),
    becomingPreflights: new Set(),
    pending: [],
  };
  if (!api.configured.readable) {
    return { ...nothing, refusals: ['its configured methods could not be read'] };
  }
  if (!api.stages.readable) return { ...nothing, refusals: ['its stages could not be read'] };
  // The user named stages, and this API has none of them: its methods are deployed to other stages.
  if (api.stages.value.length === 0 && api.stageNames.length > 0)
    return { ...nothing, refusals: [] };
  const configured = api.configured.value;

  const changes: PlannedChange[] = [];
  const kept: KeptMethod[] = [];
  const expected = new Map<string, ExpectedMethod>();
  for (const [key, method] of configured) {
    const reason = reasonToKeep(api, method, options);
    const { resourceId, path, authorizationType: from, apiKeyRequired } = method;
    if (reason === null) {
      const to = REQUIRED_AUTHORIZATION_TYPE;
      changes.push({ resourceId, method: method.method, path, from, to, former: method });
      expected.set(key, { authorizationType: to, apiKeyRequired });
      continue;
    }
    if (!isAllowed(method, options.policy)) {
      kept.push({ method: method.method, path, authorizationType: from, reason });
    }
    expected.set(key, { authorizationType: from, apiKeyRequired });
  }

  // A preflight that is served is as it should be: its callers cannot sign.
  // An exception of one stage keeps no other from serving what is configured with AWS_IAM.
  const mayBeReplacedIn =
    ({ name }: Pick<StageEvidence, 'name'>) =>
    (served: DeployedMethod): boolean => {
      const next = expected.get(methodKey(served.method, served.path))?.authorizationType;
      const stage = next !== undefined && isRequiredType(next) ? name : null;
      return served.preflight !== 'yes' && reasonToKeepType(api, served, options, stage) === null;
    };
  const changed = new Set(changes.map(({ method, path }) => methodKey(method, path)));
  const stages = api.stages.value.filter(
    (stage) =>
      !deploysByItself(stage) &&
      (needsDeployment(stage, configured, expected, mayBeReplacedIn(stage)) ||
        servesUntold(stage, changed) ||
        options.servedOpen?.has(stageKey(api.id, stage.name)) === true),
  );
  const live = changes.length === 0 ? [] : api.stages.value.filter(deploysByItself);
  const becomingPreflights = new Set(
    stages.flatMap((stage) =>
      !stage.deployed.readable
        ? []
        : [...stage.deployed.value].flatMap(([key, served]) => {
            const method = configured.get(key);
            const becomes =
              method !== undefined &&
              isPreflight(method) &&
              served.preflight === 'no' &&
              mayBeReplacedIn(stage)(served);
            return becomes ? [servedKey(stage.name, key)] : [];
          }),
    ),
  );
  const plan = {
    ...{ api, kept, stages, live, expected, becomingPreflights, pending: [] },
    changes: live.length === 0 ? changes : inLiveOrder(changes),
  };
  if (isIdle(plan)) return { ...plan, refusals: [] };
  return {
    ...plan,
    pending: [...stages, ...live].flatMap((stage) =>
      pendingOf(stage, configured, expected, mayBeReplacedIn(stage)),
    ),
    refusals: [...refusalsOf(plan, configured), ...refusalsOfLive(plan, options)],
  };
}

function isAllowed(method: TypedMethod, policy: Config): boolean {
  return allowedTypesOf(policy, method.method, method.path).includes(method.authorizationType);
}

/** A method of either layer, as far as it decides whether its type is replaced. */
type TypedMethod = Pick<DeployedMethod, 'method' | 'path' | 'authorizationType'>;

/** Why a method keeps its type; `null` where it is changed. */
function reasonToKeep(
  api: ApiEvidence,
  method: ConfiguredMethod,
  options: PlanOptions,
): string | null {
  if (isPreflight(method)) return 'a CORS preflight, which browsers send unsigned';
  if (method.route?.isManaged === true || isManaged(api)) {
    return 'API Gateway manages it (quick create), and lets nobody change it';
  }
  return reasonToKeepType(api, method, options);
}

/**
 * Why a type is left to its callers, whether it is configured or only served: the policy allows it, an
 * exception covers it, or it is an authorizer that nobody asked to replace. `null` where it is replaced.
 *
 * @param stage where it is served; without it, any exception counts, since what is configured goes to every stage.
 */
function reasonToKeepType(
  api: ApiEvidence,
  method: TypedMethod,
  { policy, today, replaceAuthorizers }: PlanOptions,
  stage: string | null = null,
): string | null {
  const { authorizationType: type } = method;
  if (isAllowed(method, policy)) return 'the policy allows it';
  const exception = exceptionFor(
    policy.exceptions,
    { id: api.id, name: givenNameOf(api) },
    method,
    today,
    stage,
  );
  if (exception !== null) {
    const until = exception.expires === null ? 'permanent' : `until ${exception.expires}`;
    return `an exception (${until}; ${exception.reason})`;
  }
  if (type === 'NONE') return null;
  if (isAuthorizerType(type)) {
    return replaceAuthorizers ? null : 'its authorizer is kept without replace-authorizers: true';
  }
  return 'its authorization type is not one that the gate knows';
}

/** API Gateway made the API, and lets nobody change it. */
function isManaged({ description }: ApiEvidence): boolean {
  return description.readable && description.value.v2?.isManaged === true;
}

/** The routes that decide for every path, or for every connection. */
const WIDEST = new Set(['$default', '$connect']);

/**
 * The order in which routes are changed that are live at once: what decides for most callers comes last,
 * when the others are proven.
 */
export function inLiveOrder(changes: readonly PlannedChange[]): PlannedChange[] {
  const isWidest = ({ method }: PlannedChange): boolean => WIDEST.has(method);
  return [...changes.filter((it) => !isWidest(it)), ...changes.filter(isWidest)];
}

/** Whether a stage takes every change without being asked. */
function deploysByItself({ deployment }: StageEvidence): boolean {
  return deployment?.autoDeploy === true;
}

/** Whether no call tells what a stage serves of what is changed: a new deployment decides it. */
function servesUntold({ deployed }: StageEvidence, changed: ReadonlySet<string>): boolean {
  if (!deployed.readable) return isUntold(deployed) && changed.size > 0;
  return [...changed].some((key) => deployed.value.get(key)?.authorizationType === UNTOLD);
}

/** A stage needs the new deployment where it serves a method otherwise than it should. */
function needsDeployment(
  stage: StageEvidence,
  configured: Methods<ConfiguredMethod>,
  expected: Methods<ExpectedMethod>,
  mayBeReplaced: (served: DeployedMethod) => boolean,
): boolean {
  if (!stage.deployed.readable) return false;
  return [...stage.deployed.value].some(([key, deployed]) => {
    // A type that could not be read is refused by name.
    if (deployed.authorizationType === UNTOLD) return false;
    if (deployed.authorizationType !== UNREADABLE && !mayBeReplaced(deployed)) return false;
    const method = configured.get(key);
    // What is configured as a preflight may reach a backend where it is served.
    if (method !== undefined && isPreflight(method)) return deployed.preflight === 'no';
    // An authorizer that is kept is no reason to deploy; a method that is gone is, and is refused.
    return expected.get(key)?.authorizationType !== deployed.authorizationType;
  });
}

/** What a person must settle before the first change. */
function refusalsOf(
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
function refusalsOfLive(
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

/** What else a deployment would ship to a stage, as sentences that name the stage. */
function pendingOf(
  stage: StageEvidence,
  configured: Methods<ConfiguredMethod>,
  expected: Methods<ExpectedMethod>,
  mayBeReplaced: (served: DeployedMethod) => boolean,
): string[] {
  if (!stage.deployed.readable) return [];
  const { value } = stage.deployed;
  return pendingChanges(configured, value, expected, mayBeReplaced).map((change) =>
    pendingText(stage.name, change),
  );
}

/** A pending change of a stage as part of a sentence. */
export function pendingText(stage: string, change: string): string {
  return `a deployment to stage ${stage} would also ship a pending change: ${change}`;
}

/**
 * What else a deployment would change on a stage: a deployment ships everything that is pending in the
 * API, so this is every difference that the plan did not put there.
 *
 * @param mayBeReplaced whether enforce was asked to turn what is served into AWS_IAM; another type's
 *   callers would be locked out by somebody else's change.
 */
export function pendingChanges(
  configured: Methods<ConfiguredMethod>,
  deployed: Methods<DeployedMethod>,
  expected: Methods<ExpectedMethod>,
  mayBeReplaced: (served: DeployedMethod) => boolean,
): string[] {
  const pending: string[] = [];
  for (const [key, method] of configured) {
    const served = deployed.get(key);
    if (served === undefined) {
      pending.push(`${key} is new`);
      continue;
    }
    const type = expected.get(key)?.authorizationType ?? method.authorizationType;
    const isWanted = isRequiredType(type) && mayBeReplaced(served);
    if (type !== served.authorizationType && !isWanted && served.authorizationType !== UNTOLD) {
      pending.push(`${key} goes from ${served.authorizationType} to ${type}`);
    }
    if (method.apiKeyRequired !== served.apiKeyRequired) {
      pending.push(
        `${key} ${method.apiKeyRequired ? 'asks for' : 'no longer asks for'} an API key`,
      );
    }
  }
  for (const key of deployed.keys()) {
    if (!configured.has(key)) pending.push(`${key} is gone`);
  }
  return pending;
}

/** Why an API is left alone, as one sentence. */
export function refusalText(plan: ApiPlan): string {
  return `Enforce left ${nameOf(plan.api)} (${plan.api.id}) as it is: ${plan.refusals.join('; ')}.`;
}
