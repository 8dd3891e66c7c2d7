import type { ApiGateway, Stage } from '../../aws/api-gateway.js';
import {
  type ConfiguredMethod,
  type DeployedMethod,
  type Methods,
  type Reading,
  type StageEvidence,
  UNREADABLE,
  type Unreadable,
} from '../../model/evidence.js';
import type { Questions } from '../kind.js';
import { reading, unreadable } from '../reading.js';
import { type ExportedMethod, parseExportedMethods } from './exported-methods.js';

/** What decides which questions a deployment's summary leaves open. */
export interface OpenQuestions {
  readonly configured: Reading<Methods<ConfiguredMethod>>;
  readonly allowedTypesOf: Questions['allowedTypesOf'];
  /** Whether a method of a stage may be open: whether it is a preflight decides nothing then. */
  readonly mayBeOpen: (stage: string, method: string, path: string) => boolean;
}

/**
 * Completes what stages serve by exports, where a decision depends on more than the summaries say:
 *
 * - whether an OPTIONS method that is served without IAM is a preflight, or reaches a backend;
 * - whether a configured method that the summary does not name is really not served.
 *
 * One GetExport for each deployment that leaves a question open, none elsewhere; and one GetStages after them
 * where the API has other stages. What stays unknown is marked, with the reason: it is neither a preflight nor
 * an absence.
 *
 * @param listed every stage of the API, also those outside the audit: one of them may serve the
 *   deployment by itself where an audited one has a canary.
 */
export async function completeByExports(
  stages: readonly StageEvidence[],
  listed: readonly Stage[],
  questions: OpenQuestions,
  apiGateway: Pick<ApiGateway, 'getExport' | 'getStages'>,
  apiId: string,
): Promise<StageEvidence[]> {
  const open = stages.flatMap(({ deploymentId, deployed, canary }) => [
    ...(leavesOpen(deployed, questions) && deploymentId !== null ? [deploymentId] : []),
    ...(canary !== null && leavesOpen(canary.deployed, questions) ? [canary.deploymentId] : []),
  ]);
  const exports = await readDeployments(new Set(open), stages, listed, apiGateway, apiId);
  return stages.map((stage): StageEvidence => {
    const { name, deploymentId, deployed, canary } = stage;
    const complete = (id: string | null, layer: Layer): Layer => {
      const exported = id === null ? undefined : exports.get(id);
      if (exported === undefined || !layer.readable) return layer;
      return { readable: true, value: completeBy(exported, name, layer.value, questions) };
    };
    return {
      ...stage,
      deployed: complete(deploymentId, deployed),
      canary:
        canary === null
          ? null
          : { ...canary, deployed: complete(canary.deploymentId, canary.deployed) },
    };
  });
}

type Layer = Reading<Methods<DeployedMethod>>;

/** Whether a decision depends on more than a deployment's summary says. */
function leavesOpen(layer: Layer, { configured, allowedTypesOf }: OpenQuestions): boolean {
  if (!layer.readable) return false;
  const isMissing = configured.readable && [...configured.value.keys()].some(isNotIn(layer.value));
  return isMissing || [...layer.value.values()].some((it) => isOpenOptions(it, allowedTypesOf));
}

function isNotIn(methods: Methods<DeployedMethod>): (key: string) => boolean {
  return (key) => !methods.has(key);
}

function isOpenOptions(
  { method, path, authorizationType }: DeployedMethod,
  allowedTypesOf: Questions['allowedTypesOf'],
): boolean {
  return (
    method === 'OPTIONS' &&
    authorizationType !== UNREADABLE &&
    !allowedTypesOf(method, path).includes(authorizationType)
  );
}

/** A deployment's summary, with what an export tells besides. */
function completeBy(
  read: Exported,
  stage: string,
  summary: Methods<DeployedMethod>,
  { configured, allowedTypesOf, mayBeOpen }: OpenQuestions,
): Methods<DeployedMethod> {
  const exported = ofSameDeployment(read, summary);
  const methods = new Map(summary);
  for (const [key, method] of summary) {
    if (!isOpenOptions(method, allowedTypesOf)) continue;
    const isMoot = mayBeOpen(stage, method.method, method.path);
    methods.set(key, { ...method, ...preflightBy(exported, key, isMoot) });
  }
  if (exported.readable) {
    for (const [key, method] of exported.value) {
      if (!methods.has(key)) methods.set(key, { ...method, unread: gapOf(method) });
    }
    return methods;
  }
  for (const [key, method] of configured.readable ? configured.value : []) {
    if (!methods.has(key)) methods.set(key, unknownMethod(method, exported));
  }
  return methods;
}

type Exported = Reading<Methods<ExportedMethod>>;

function preflightBy(
  exported: Exported,
  key: string,
  isMoot: boolean,
): Pick<DeployedMethod, 'preflight' | 'unread'> {
  const preflight = (exported.readable && exported.value.get(key)?.preflight) || 'unknown';
  if (preflight !== 'unknown') return { preflight, unread: null };
  // Taken for open, which an exception covers: the reader sees it among what is excepted.
  if (isMoot) return { preflight: 'no', unread: null };
  return { preflight, unread: exported.readable ? NOT_SHOWN : exported };
}

const RUN_AGAIN = 'Run the job again; if it stays, open an issue with this message.';

const NOT_SHOWN = unreadable('GetExport', 'does not show its integration', RUN_AGAIN);

/** Why an export that shows a method does not settle what it is; `null` where it does. */
function gapOf({ authorizationType, preflight }: ExportedMethod): Unreadable | null {
  if (authorizationType === UNREADABLE) {
    return unreadable(
      'GetExport',
      'shows a security scheme that the gate does not know',
      RUN_AGAIN,
    );
  }
  return preflight === 'unknown' ? NOT_SHOWN : null;
}

function unknownMethod({ method, path }: ConfiguredMethod, unread: Unreadable): DeployedMethod {
  return {
    method,
    path,
    authorizationType: UNREADABLE,
    apiKeyRequired: false,
    preflight: method === 'OPTIONS' ? 'unknown' : 'no',
    unread,
  };
}

/**
 * Reads deployments by exports. An export names a stage and no deployment, and which of its two a stage
 * with a canary shows is not documented. So a deployment is read by the export of a stage that serves nothing else;
 * or by one with a canary where the export contradicts the other deployment's summary.
 */
async function readDeployments(
  wanted: ReadonlySet<string>,
  stages: readonly StageEvidence[],
  listed: readonly Stage[],
  apiGateway: Pick<ApiGateway, 'getExport' | 'getStages'>,
  apiId: string,
): Promise<ReadonlyMap<string, Exported>> {
  const readExport = once(
    (stage: string): Promise<Exported> =>
      reading('GetExport', async () =>
        parseExportedMethods(await apiGateway.getExport(apiId, stage)),
      ),
  );
  const read = await Promise.all(
    [...wanted].map(
      async (id) => [id, await readDeployment(id, stages, listed, readExport)] as const,
    ),
  );
  const isSplit = listed.length > 1 || listed.some(({ canarySettings: canary }) => canary);
  // What the only deployment of the only stage is told by, it serves.
  if (!isSplit || read.every(([, { exported }]) => !exported.readable)) {
    return new Map(read.map(([id, { exported }]) => [id, exported]));
  }
  const now = await reading('GetStages', () => apiGateway.getStages(apiId));
  return new Map(
    read.map(([id, { exported, stage }]) => {
      if (stage === null || !exported.readable) return [id, exported];
      if (!now.readable) return [id, now];
      return [id, pointersOf(stage, now.value) === pointersOf(stage, listed) ? exported : MOVED];
    }),
  );
}

/** A deployment as an export shows it, and the stage that was exported. */
interface ReadDeployment {
  readonly exported: Exported;
  readonly stage: string | null;
}

async function readDeployment(
  deploymentId: string,
  stages: readonly StageEvidence[],
  listed: readonly Stage[],
  readExport: (stage: string) => Promise<Exported>,
): Promise<ReadDeployment> {
  const alone = listed.find((stage) => servesNothingBut(stage, deploymentId))?.stageName;
  if (alone !== undefined) return { exported: await readExport(alone), stage: alone };
  for (const stage of stages) {
    const pair = summariesOf(stage, deploymentId);
    if (pair === null || !contradicts(pair.wanted, pair.other)) continue;
    const exported = await readExport(stage.name);
    if (!exported.readable) return { exported, stage: stage.name };
    if (contradicts(exported.value, pair.other) && !contradicts(exported.value, pair.wanted)) {
      return { exported, stage: stage.name };
    }
  }
  const exported = unreadable(
    'GetExport',
    `shows one of the two deployments of a stage with a canary, and it is not known which: it says nothing of deployment ${deploymentId}`,
    `Promote or remove the canary, or let a stage without one serve deployment ${deploymentId}, and run the job again.`,
  );
  return { exported, stage: null };
}

/** What a stage and its canary serve, as a text to compare; that of a stage that is gone is like no other. */
function pointersOf(name: string, stages: readonly Stage[]): string {
  const stage = stages.find(({ stageName }) => stageName === name);
  if (stage === undefined) return '';
  return JSON.stringify([stage.deploymentId, stage.canarySettings?.deploymentId]);
}

/**
 * An export is of whatever its stage serves by then. Of one that was moved before it, it says nothing of what
 * the stages were read to serve: taken together, the two might be a state that the API never had.
 */
const MOVED = unreadable(
  'GetExport',
  'is of a stage that was moved meanwhile',
  'Run the job again when nobody deploys the API.',
);

/**
 * An export is of whatever its stage serves by then. One that shows a method with another type than the
 * deployment's summary is of another deployment, and says nothing of this one.
 */
function ofSameDeployment(exported: Exported, summary: Typed): Exported {
  if (!exported.readable || !differs(exported.value, summary)) return exported;
  return unreadable(
    'GetExport',
    "shows other authorization types than the deployment's summary: the stage was moved meanwhile",
    RUN_AGAIN,
  );
}

/** Calls a function once for each argument. */
function once<T>(call: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const results = new Map<string, Promise<T>>();
  return (name) => {
    const result = results.get(name) ?? call(name);
    results.set(name, result);
    return result;
  };
}

/** Settings that name no deployment and take no traffic are no canary; so is one of the same deployment. */
function servesNothingBut({ deploymentId, canarySettings }: Stage, wanted: string): boolean {
  if (deploymentId !== wanted) return false;
  if (canarySettings === undefined || canarySettings.deploymentId === wanted) return true;
  return canarySettings.deploymentId === undefined && (canarySettings.percentTraffic ?? 0) === 0;
}

type Typed = Methods<{ readonly authorizationType: string }>;

/** The summaries of a stage's two deployments, where one of them is the wanted one. */
function summariesOf(
  { deploymentId, deployed, canary }: StageEvidence,
  wanted: string,
): { readonly wanted: Typed; readonly other: Typed } | null {
  if (canary === null || !deployed.readable || !canary.deployed.readable) return null;
  if (deploymentId === wanted) return { wanted: deployed.value, other: canary.deployed.value };
  if (canary.deploymentId !== wanted) return null;
  return { wanted: canary.deployed.value, other: deployed.value };
}

/**
 * Whether methods cannot be those of a summary: one that it names is missing, or has another type. A
 * method that it does not name says nothing, since a summary may leave some out.
 */
function contradicts(methods: Typed, summary: Typed): boolean {
  return [...summary.keys()].some((key) => !methods.has(key)) || differs(methods, summary);
}

/** Whether a method has one type here and another one there. */
function differs(methods: Typed, summary: Typed): boolean {
  return [...summary].some(([key, { authorizationType }]) => {
    const found = methods.get(key)?.authorizationType ?? UNREADABLE;
    return found !== UNREADABLE && authorizationType !== UNREADABLE && found !== authorizationType;
  });
}
