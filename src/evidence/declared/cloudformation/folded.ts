import type { Place, Unresolved } from '../../../model/declared.js';
import { type Node, onlyEntry } from '../node.js';
import type { Outer, Scope } from './scope.js';

/** One value that a node can have once it is deployed. */
export type Folded = Known | Absent | Unknown;

export interface Known {
  readonly kind: 'known';
  readonly node: Node;
  readonly when: readonly string[];
  readonly assumes: readonly string[];
}

/** `AWS::NoValue`: as if the property were not there. */
export interface Absent {
  readonly kind: 'absent';
  readonly when: readonly string[];
  readonly at: Place;
}

export interface Unknown extends Unresolved {
  readonly kind: 'unknown';
  readonly when: readonly string[];
  /** The resource that `Ref` or `Fn::GetAtt` speaks of. */
  readonly refersTo: string | null;
  /** What it stands for in the template around this one. */
  readonly outer: Outer | null;
  /** What stands for it in text, such as `${Api}`. */
  readonly placeholder: string;
}

export const GIVE_PARAMETER = 'give its value in a parameter file (input `parameters`)';

export const GIVE_VALUE = 'write the value itself in the template';

/** Whether a node is an intrinsic function and no plain map. */
export function isIntrinsic(node: Node | undefined): boolean {
  const key = onlyEntry(node)?.key;
  return key !== undefined && (key === 'Ref' || key === 'Condition' || key.startsWith('Fn::'));
}

export interface Call {
  readonly argument: Node;
  readonly name: string;
  readonly at: Place;
  readonly scope: Scope;
  readonly when: readonly string[];
  readonly fold: (node: Node, when?: readonly string[]) => readonly Folded[];
}

export type IntrinsicFunction = (call: Call) => readonly Folded[];

export function known(node: Node, when: readonly string[], assumes: readonly string[] = []): Known {
  return { kind: 'known', node, when, assumes };
}

export function unknown(
  place: Place,
  when: readonly string[],
  reason: string,
  give: string,
  more: Partial<Pick<Unknown, 'refersTo' | 'placeholder' | 'outer'>> = {},
): Unknown {
  const { refersTo = null, outer = null, placeholder = `\${${refersTo ?? 'unknown'}}` } = more;
  return { kind: 'unknown', place, when, reason, give, refersTo, outer, placeholder };
}
