import type { ApiGateway } from '../../../aws/api-gateway.js';
import { reading } from '../../../evidence/reading.js';
import {
  type ExportedIntegration,
  readExportedIntegrations,
} from '../../../evidence/rest/exported.js';
import { differingSettings, exportedSettings } from '../../../evidence/rest/integration.js';
import type { ConfiguredMethod, Methods, Reading, StageEvidence } from '../../../model/evidence.js';
import { type ApiPlan, servedKey } from '../../api-plan.js';
import { shownBackend } from '../../backend.js';
import { pendingText } from '../../pending-changes.js';
import type { Pending } from '../enforcer.js';

/**
 * Looks for what the deployment would ship besides the plan and is not in the evidence: the
 * integrations, one GetExport a deployment that a stage to be moved serves. None is read where nothing
 * would be deployed.
 */
export async function pendingIntegrations(
  { api, stages, becomingPreflights }: ApiPlan,
  apiGateway: Pick<ApiGateway, 'getExport'>,
): Promise<Pending> {
  const { configured } = api;
  if (!configured.readable) return { found: [], uncompared: [], refusals: [] };
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
  const unknown = new Map<string, string[]>();
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
      const served = exported.value.get(key);
      const change = integrationChange(method, served);
      if (change !== null) found.push(pendingText(stage.name, `${key} ${change}`));
      for (const member of served === undefined ? [] : unknownMembers(method, served)) {
        unknown.set(member, [...(unknown.get(member) ?? []), key]);
      }
    }
  }
  return { found, uncompared: [...unknown].map(uncomparedText), refusals: [] };
}

function unknownMembers({ resourceId }: ConfiguredMethod, { members }: ExportedIntegration) {
  return exportedSettings(members, resourceId).unknown;
}

/** Methods that a note names beside the first one. */
const NAMED = 5;

function uncomparedText([member, keys]: readonly [string, readonly string[]]): string {
  const methods = [...new Set(keys)];
  const more = methods.length > NAMED ? ` and ${methods.length - NAMED} more` : '';
  return `Not compared before the deployment, since GetResources does not return it: ${member} in the integration of ${methods.slice(0, NAMED).join(', ')}${more}.`;
}

/**
 * How a configured integration differs from the deployed one, in words that show no secret; `null` where
 * it does not. A MOCK integration reaches no backend, so the URI and method that it may carry say nothing.
 */
export function integrationChange(
  method: ConfiguredMethod,
  deployed: ExportedIntegration | undefined,
): string | null {
  const { integrationType: type, integrationUri: uri, integrationHttpMethod: http } = method;
  if (deployed === undefined) {
    // No deployment holds a method without an integration, so this one is in the snapshot, and the export leaves it out.
    return 'has an integration that is not in the export of the stage';
  }
  if (type === null) return `loses its ${deployed.type} integration`;
  if (type !== deployed.type) return `goes from integration ${deployed.type} to ${type}`;
  const changes: string[] = [];
  if (type !== 'MOCK' && uri !== deployed.uri) changes.push(backendChange(deployed.uri, uri));
  if (type !== 'MOCK' && http !== deployed.httpMethod) {
    changes.push(
      `calls its backend with ${http ?? 'no method'} instead of ${deployed.httpMethod ?? 'no method'}`,
    );
  }
  const { settings } = exportedSettings(deployed.members, method.resourceId);
  const differing = differingSettings(method.integrationSettings, settings);
  if (differing.length > 0) changes.push(`changes in its integration: ${differing.join(', ')}`);
  return changes.length === 0 ? null : changes.join('; ');
}

function backendChange(from: string | null, to: string | null): string {
  const [before, after] = [shownBackend(from), shownBackend(to)];
  return before === after
    ? `goes to another address at its backend ${after} (what differs is not shown: a user, a query or an account)`
    : `goes from backend ${before} to ${after}`;
}
