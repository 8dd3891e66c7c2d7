import type { ApiGateway } from '../aws/api-gateway.js';
import { type ExportedIntegration, readExportedIntegrations } from '../evidence/exported.js';
import type { ConfiguredMethod, Methods, Reading, StageEvidence } from '../evidence/model.js';
import { reading } from '../evidence/reading.js';
import { type ApiPlan, pendingText, servedKey } from './plan.js';

/** A plan with everything that must be known before the first change. */
export interface CheckedPlan extends ApiPlan {
  /** What a reader must know although it is allowed. */
  readonly notes: readonly string[];
}

/**
 * Looks for what the deployment would ship besides the plan and the evidence does not tell: the
 * integrations, one GetExport a deployment that a stage to be moved serves. None is read where nothing
 * would be deployed. What was found, or could not be read, refuses the plan unless it is allowed.
 */
export async function checkPreconditions(
  plan: ApiPlan,
  allowPendingChanges: boolean,
  apiGateway: Pick<ApiGateway, 'getExport'>,
): Promise<CheckedPlan> {
  const found = await pendingIntegrations(plan, apiGateway);
  return decidePending(plan, found, allowPendingChanges);
}

/** Refuses a plan for what is pending, or says what is shipped with it where that is allowed. */
export function decidePending(
  plan: ApiPlan,
  found: readonly string[],
  allowPendingChanges: boolean,
): CheckedPlan {
  const pending = [...plan.pending, ...found];
  if (pending.length === 0) return { ...plan, notes: [] };
  if (!allowPendingChanges) {
    const way = 'deploy or revert what is pending first, or set allow-pending-changes: true';
    return { ...plan, pending, refusals: [...plan.refusals, ...pending, way], notes: [] };
  }
  const notes = [`allow-pending-changes is true: ${pending.join('; ')}.`];
  return { ...plan, pending, notes };
}

async function pendingIntegrations(
  { api, stages, becomingPreflights }: ApiPlan,
  apiGateway: Pick<ApiGateway, 'getExport'>,
): Promise<string[]> {
  const { configured } = api;
  if (!configured.readable) return [];
  const exports = new Map<string, Promise<Reading<Methods<ExportedIntegration>>>>();
  const readExport = (stage: StageEvidence): Promise<Reading<Methods<ExportedIntegration>>> => {
    const key = stage.deploymentId ?? '';
    const known = exports.get(key);
    if (known !== undefined) return known;
    const fresh = reading('GetExport', () =>
      readExportedIntegrations(apiGateway, api.id, stage.name),
    );
    exports.set(key, fresh);
    return fresh;
  };
  const found: string[] = [];
  for (const stage of stages) {
    // Which of its two deployments an export shows is not documented; a canary is refused anyway.
    if (stage.canary !== null || !stage.deployed.readable) continue;
    const exported = await readExport(stage);
    if (!exported.readable) {
      found.push(
        `what else a deployment to stage ${stage.name} would ship could not be read (${exported.call} ${exported.reason}. ${exported.remedy})`,
      );
      continue;
    }
    for (const [key, method] of configured.value) {
      // A new method is a pending change of its own.
      if (!stage.deployed.value.has(key)) continue;
      // That it no longer reaches a backend is what the deployment is for.
      if (becomingPreflights.has(servedKey(stage.name, key))) continue;
      const change = integrationChange(method, exported.value.get(key));
      if (change !== null) found.push(pendingText(stage.name, `${key} ${change}`));
    }
  }
  return found;
}

/**
 * How a configured integration differs from the deployed one; `null` where it does not. A MOCK
 * integration reaches no backend, so the URI and method that it may carry say nothing.
 */
export function integrationChange(
  method: ConfiguredMethod,
  deployed: ExportedIntegration | undefined,
): string | null {
  const { integrationType: type, integrationUri: uri, integrationHttpMethod: http } = method;
  if (deployed === undefined) {
    // No deployment holds a method without an integration, so this one is in the snapshot and untold.
    return 'has an integration that the export of the stage does not tell';
  }
  if (type === null) return `loses its ${deployed.type} integration`;
  if (type !== deployed.type) return `goes from integration ${deployed.type} to ${type}`;
  if (type === 'MOCK') return null;
  if (uri !== deployed.uri) {
    return `goes from backend ${deployed.uri ?? 'none'} to ${uri ?? 'none'}`;
  }
  if (http !== deployed.httpMethod) {
    return `calls its backend with ${http ?? 'no method'} instead of ${deployed.httpMethod ?? 'no method'}`;
  }
  return null;
}
