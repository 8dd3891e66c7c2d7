import { isRequiredType, REQUIRED_AUTHORIZATION_TYPE } from '../config/requirement.js';
import { isPreflight } from '../evidence/layers.js';
import {
  type ApiEvidence,
  type ConfiguredMethod,
  type DeployedMethod,
  isUntold,
  type Methods,
  methodKey,
  type StageEvidence,
  UNREADABLE,
  UNTOLD,
} from '../model/evidence.js';
import { stageKey } from '../model/stage-key.js';
import {
  type ApiPlan,
  changedStages,
  type ExpectedMethod,
  isIdle,
  type KeptMethod,
  type PlannedChange,
  type PlanOptions,
  servedKey,
} from './api-plan.js';
import { isAllowed, reasonToKeep, reasonToKeepType } from './kept-methods.js';
import { pendingOf } from './pending-changes.js';
import { refusalsOf, refusalsOfLive } from './refusals.js';

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
    pending: changedStages(plan).flatMap((stage) =>
      pendingOf(stage, configured, expected, mayBeReplacedIn(stage)),
    ),
    refusals: [...refusalsOf(plan, configured), ...refusalsOfLive(plan, options)],
  };
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
