import type { JoinedMethod, Layer } from '../evidence/join.js';
import { methodKey, UNREADABLE } from '../evidence/model.js';

/** One row a method: what is configured is the same for every stage, and is said once. */
export function oncePerMethod(rows: readonly JoinedMethod[]): JoinedMethod[] {
  const byMethod = new Map<string, JoinedMethod>();
  for (const row of rows) {
    const key = `${row.api.id} ${methodKey(row.method, row.path)}`;
    if (!byMethod.has(key)) byMethod.set(key, row);
  }
  return [...byMethod.values()];
}

/** Whether a method's configured integration is MOCK, which reaches no backend. */
export function isConfiguredMock(row: JoinedMethod): boolean {
  const { configured } = row.api;
  if (!configured.readable) return false;
  return configured.value.get(methodKey(row.method, row.path))?.integrationType === 'MOCK';
}

/** How to turn IAM on for a method that has another authorization type. */
export function enforceFix(authorizationType: string): string {
  return authorizationType === 'NONE'
    ? 'Set its authorization to AWS_IAM at its source, or run the gate with mode: enforce.'
    : `Set its authorization to AWS_IAM at its source, or run the gate with mode: enforce and replace-authorizers: true (callers that use ${authorizationType} today must sign then).`;
}

/** Whether the policy lets a method have an authorization type. */
export function isAllowed(row: JoinedMethod, authorizationType: string): boolean {
  return row.allowedTypes.includes(authorizationType);
}

/**
 * Whether a layer's method is open. An OPTIONS method of which nobody can tell whether it is a preflight
 * is not called open: `unreadable` says that nobody knows.
 */
export function isOpen(row: JoinedMethod, layer: Layer): boolean {
  const authorization = row[layer];
  return (
    authorization !== null &&
    authorization !== UNREADABLE &&
    !isAllowed(row, authorization) &&
    row.preflights[layer] === 'no'
  );
}

/** What tells an OPTIONS method that is open from a preflight, as a part of a sentence. */
export function backendOf({ method }: JoinedMethod): string {
  return method === 'OPTIONS' ? ', and it is no preflight' : '';
}
