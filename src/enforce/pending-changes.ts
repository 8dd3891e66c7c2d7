import { isRequiredType } from '../config/requirement.js';
import {
  type ConfiguredMethod,
  type DeployedMethod,
  type Methods,
  type StageEvidence,
  UNTOLD,
} from '../model/evidence.js';
import type { ExpectedMethod } from './api-plan.js';

/** What else a deployment would ship to a stage, as sentences that name the stage. */
export function pendingOf(
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
