import type { DeclaredApi } from '../../model/declared.js';
import { declaredId } from '../../model/declared-id.js';
import type { ApiEvidence } from '../../model/evidence.js';
import { declaredLayer } from './layer.js';

type AllowedTypesOf = (method: string, path: string) => readonly string[];

/**
 * APIs that were found in files alone, as evidence with one layer: nothing of them was asked of AWS.
 */
export function onlyDeclared(
  apis: readonly DeclaredApi[],
  allowedTypesOf: AllowedTypesOf,
): ApiEvidence[] {
  const byId = new Map<string, DeclaredApi[]>();
  for (const api of apis) {
    const known = byId.get(declaredId(api));
    if (known === undefined) byId.set(declaredId(api), [api]);
    else known.push(api);
  }
  return [...byId].map(([id, ofOne]) => ({
    id,
    kind: ofOne[0]?.kind ?? 'REST',
    description: {
      readable: true,
      value: {
        name: id,
        endpointTypes: [],
        defaultEndpointDisabled: false,
        tags: {},
        policy: null,
        status: null,
        statusMessage: null,
      },
    },
    configured: { readable: true, value: new Map() },
    stages: { readable: true, value: [] },
    stageNames: [],
    declared: declaredLayer(ofOne, allowedTypesOf),
    isOnlyDeclared: true,
  }));
}
