import type { DeclaredPolicy, Unresolved } from '../../model/declared.js';
import { replacePlaceholders } from '../../model/placeholders.js';
import { fold, foldKey } from './cloudformation/fold.js';
import { type Folded, isIntrinsic } from './cloudformation/folded.js';
import type { Scope } from './cloudformation/scope.js';
import { isNull, type Node, scalarText } from './node.js';

/** The resource policies that a key of a map declares, one for each branch. */
export function policiesAt(
  holder: Node | undefined,
  key: string,
  scope: Scope,
  when: readonly string[],
): readonly DeclaredPolicy[] {
  return foldKey(holder, key, scope, when).flatMap((value): readonly DeclaredPolicy[] => {
    if (value.kind === 'absent') return [];
    const place = value.keyAt ?? (value.kind === 'known' ? value.node.at : value.place);
    if (value.kind === 'unknown') {
      const { reason, give } = value;
      return [{ text: null, unresolved: { reason, give, place }, place, when: value.when }];
    }
    if (isNull(value.node)) return [];
    const text = scalarText(value.node);
    if (text !== undefined) return [{ text, unresolved: null, place, when: value.when }];
    const unclear: Unresolved[] = [];
    const data = policyData(value.node, scope, unclear, false);
    return [
      { text: JSON.stringify(data), unresolved: unclear[0] ?? null, place, when: value.when },
    ];
  });
}

/** What stands for a value that nobody can know. */
const UNKNOWN = '(unknown)';

/** Where an unknown value narrows what a statement says, and does not decide whom it lets in. */
const NARROWING = new Set(['Resource', 'NotResource', 'Condition', 'Sid', 'Id']);

function policyData(
  node: Node,
  scope: Scope,
  unclear: Unresolved[],
  isNarrowing: boolean,
): unknown {
  if (isIntrinsic(node)) {
    const values = fold(node, scope);
    const [first] = values;
    if (values.length === 1 && first?.kind === 'known' && !isIntrinsic(first.node)) {
      return policyData(first.node, scope, unclear, isNarrowing);
    }
    if (!isNarrowing && !isSomebody(values)) unclear.push(unclearFrom(values, node));
    return first?.kind === 'unknown' ? first.placeholder : UNKNOWN;
  }
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') {
    return node.items.map((it) => policyData(it, scope, unclear, isNarrowing));
  }
  return Object.fromEntries(
    node.entries.map((it) => [
      it.key,
      policyData(it.value, scope, unclear, isNarrowing || NARROWING.has(it.key)),
    ]),
  );
}

/**
 * Whether an unknown value is one of AWS's own, such as a role's ARN, or has text of its own around
 * what is unknown: whatever it becomes, it is not everybody (`*`).
 */
function isSomebody(values: readonly Folded[]): boolean {
  const [only] = values;
  if (values.length !== 1 || only?.kind !== 'unknown') return false;
  const { refersTo, placeholder } = only;
  return (
    refersTo !== null ||
    placeholder.startsWith('${AWS::') ||
    replacePlaceholders(placeholder, '${', '}', '') !== ''
  );
}

function unclearFrom(values: readonly Folded[], node: Node): Unresolved {
  const unknown = values.find((it) => it.kind === 'unknown');
  if (unknown?.kind === 'unknown') {
    const { reason, give, place } = unknown;
    return { reason: `in the resource policy, ${reason}`, give, place };
  }
  return {
    reason: 'the resource policy depends on a condition or parameter',
    give: 'give the values of the parameters (input `parameters`)',
    place: node.at,
  };
}
