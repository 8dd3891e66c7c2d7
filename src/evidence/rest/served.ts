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
 * One GetExport for each deployment that leaves a question open, none elsewhere. What stays unknown is
 * marked, with the reason: it is neither a preflight nor an absence.
 *
 * @param listed every stage of the API, also those outside the audit: one of them may serve the
 *   deployment by itself where an audited one has a canary.
 */
export async function completeByExports(
  stages: readonly StageEvidence[],
  listed: readonly Stage[],
  { configured, allowedTypesOf, mayBeOpen }: OpenQuestions,
  apiGateway: Pick<ApiGateway, 'getExport'>,
  apiId: string,
): Promise<StageEvidence[]> {
  const readDeployment = deploymentReader(stages, listed, apiGateway, apiId);
  const complete = async (
    stage: string,
    deploymentId: string | null,
    layer: Reading<Methods<DeployedMethod>>,
  ): Promise<Reading<Methods<DeployedMethod>>> => {
    if (!layer.readable || deploymentId === null) return layer;
    const isOpenOptions = ({ method, path, authorizationType }: DeployedMethod): boolean =>
      method === 'OPTIONS' &&
      authorizationType !== UNREADABLE &&
      !allowedTypesOf(method, path).includes(authorizationType);
    const options = [...layer.value].filter(([, method]) => isOpenOptions(method));
    const missing = configured.readable
      ? [...configured.value].filter(([key]) => !layer.value.has(key))
      : [];
    if (options.length === 0 && missing.length === 0) return layer;
    const exported = ofSameDeployment(await readDeployment(deploymentId), layer.value);
    const methods = new Map(layer.value);
    for (const [key, method] of options) {
      const isMoot = mayBeOpen(stage, method.method, method.path);
      methods.set(key, { ...method, ...preflightBy(exported, key, isMoot) });
    }
    if (exported.readable) {
      for (const [key, method] of exported.value) {
        if (!methods.has(key)) methods.set(key, { ...method, unread: gapOf(method) });
      }
    } else {
      for (const [key, method] of missing) methods.set(key, unknownMethod(method, exported));
    }
    return { readable: true, value: methods };
  };
  return Promise.all(
    stages.map(async (stage): Promise<StageEvidence> => {
      const { canary } = stage;
      const [deployed, ofCanary] = await Promise.all([
        complete(stage.name, stage.deploymentId, stage.deployed),
        canary === null ? null : complete(stage.name, canary.deploymentId, canary.deployed),
      ]);
      return {
        ...stage,
        deployed,
        canary: canary === null || ofCanary === null ? null : { ...canary, deployed: ofCanary },
      };
    }),
  );
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
function deploymentReader(
  stages: readonly StageEvidence[],
  listed: readonly Stage[],
  apiGateway: Pick<ApiGateway, 'getExport'>,
  apiId: string,
): (deploymentId: string) => Promise<Exported> {
  const readExport = once(
    (stage: string): Promise<Exported> =>
      reading('GetExport', async () =>
        parseExportedMethods(await apiGateway.getExport(apiId, stage)),
      ),
  );
  return once(async (deploymentId) => {
    const alone = listed.find((stage) => servesNothingBut(stage, deploymentId));
    if (alone?.stageName !== undefined) return readExport(alone.stageName);
    for (const stage of stages) {
      const pair = summariesOf(stage, deploymentId);
      if (pair === null || !contradicts(pair.wanted, pair.other)) continue;
      const shown = await readExport(stage.name);
      if (!shown.readable) return shown;
      if (contradicts(shown.value, pair.other) && !contradicts(shown.value, pair.wanted)) {
        return shown;
      }
    }
    return unreadable(
      'GetExport',
      `shows one of the two deployments of a stage with a canary, and it is not known which: it says nothing of deployment ${deploymentId}`,
      `Promote or remove the canary, or let a stage without one serve deployment ${deploymentId}, and run the job again.`,
    );
  });
}

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
