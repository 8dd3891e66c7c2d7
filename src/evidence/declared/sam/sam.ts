import type { SamApi } from '../cloudformation/api-draft.js';
import type { Resource } from '../cloudformation/resources.js';
import type { Scope } from '../cloudformation/scope.js';
import type { Undeployable } from '../model.js';
import type { Node } from '../node.js';

export interface SamReading {
  readonly resources: readonly Resource[];
  readonly apis: ReadonlyMap<string, SamApi>;
  readonly undeployable: readonly Undeployable[];
}
export function readSam(_t: Node, resources: readonly Resource[], _s: Scope): SamReading {
  return { resources, apis: new Map(), undeployable: [] };
}
