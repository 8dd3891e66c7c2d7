import type { JoinedMethod } from '../evidence/join.js';
import type { LayerName } from '../evidence/layers.js';
import { type Authorization, isKnownType } from '../model/evidence.js';
import { finding } from './finding.js';
import { isAllowed, nounOf } from './method.js';
import type { Rule } from './rule.js';

/** Configured and deployed differ, and neither is open: the next deployment changes callers' world. */
export const undeployedChange: Rule = {
  id: 'undeployed-change',
  severity: 'warning',
  holdsWhen: 'configured and deployed differ, and both are acceptable',
  find({ rows }) {
    return rows.flatMap((row) => {
      const { configured, deployed, stage } = row;
      if (stage === null || configured === deployed) return [];
      if (!isAcceptable(row, 'configured') || !isAcceptable(row, 'deployed')) return [];
      return [
        finding(
          undeployedChange,
          { api: row.api.id, stage: stage.name, method: row.method, path: row.path },
          describe(configured, deployed, nounOf(row)),
          'Deploy the API to the stage, or revert the change.',
        ),
      ];
    });
  },
};

function isAcceptable(row: JoinedMethod, layer: LayerName): boolean {
  const authorization = row[layer];
  if (authorization === null) return true;
  if (!isKnownType(authorization)) return false;
  return isAllowed(row, authorization) || row.preflights[layer] === 'yes';
}

function describe(
  configured: Authorization,
  deployed: Authorization,
  noun: 'method' | 'route',
): string {
  if (deployed === null) return `The ${noun} is configured and not deployed yet.`;
  if (configured === null) return `The ${noun} is deployed and no longer configured.`;
  return `The ${noun} is configured with ${configured} and deployed with ${deployed}.`;
}
