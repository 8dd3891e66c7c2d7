import type { Place } from '../../../model/declared.js';
import { foldKey } from '../cloudformation/fold.js';
import { LIMITS } from '../limits.js';
import { get, isList, isNull, type Node } from '../node.js';
import { type Decision, decisionOf, unresolvedDecision } from './decision.js';
import { type DocumentContext, decisionsOf, namesOf, requirementsOf } from './requirements.js';

/** What `security` says: of the operation, or of the document where the operation has none. */
export interface Security {
  readonly when: readonly string[];
  readonly assumes: readonly string[];
  /** Whether the operation has a `security` of its own, whatever is in it. */
  readonly isOwn: boolean;
  readonly decisions: readonly Decision[];
}

/** Reads `security` in every branch: of an operation, or of the document itself. */
export function readSecurity(
  holder: Node,
  by: 'operation' | 'root',
  context: DocumentContext,
  when: readonly string[],
): readonly Security[] {
  const { scope, kind } = context;
  return foldKey(holder, 'security', scope, when).flatMap((value): readonly Security[] => {
    const isOwn = by === 'operation';
    if (value.kind === 'absent') return isOwn ? inherited(context, value.when) : [none(value.when)];
    const base = { isOwn, assumes: [] };
    if (value.kind === 'unknown') {
      const decision = unresolvedDecision(value, by, value.keyAt);
      return [{ ...base, when: value.when, decisions: [decision] }];
    }
    const place = value.keyAt ?? value.node.at;
    if (isNull(value.node))
      return [{ ...base, when: value.when, decisions: [decisionOf('NONE', 'nothing', place)] }];
    if (!isList(value.node)) {
      const problem = { reason: 'security is no list', give: 'write a list', place };
      const undeployable = { reason: 'security must be a list', place };
      const decision = { ...unresolvedDecision(problem, by, place), undeployable };
      return [{ ...base, when: value.when, decisions: [decision] }];
    }
    const branches = requirementsOf(value.node.items, scope, value.when);
    if (branches === null) return [tooMany(by, value.when, place)];
    return branches.flatMap((requirements) => {
      const found = namesOf(requirements.items, context, requirements.when, place);
      if (found === null) return [tooMany(by, requirements.when, place)];
      return found.map((schemes) => ({
        ...base,
        when: schemes.when,
        assumes: value.assumes,
        decisions: decisionsOf(schemes.names, requirements, by, kind, place),
      }));
    });
  });
}

function tooMany(by: 'operation' | 'root', when: readonly string[], place: Place): Security {
  const reason = `security has more than ${LIMITS.branches} branches or schemes`;
  const decision = unresolvedDecision({ reason, give: 'write fewer conditions', place }, by, place);
  return { when, assumes: [], isOwn: by === 'operation', decisions: [decision] };
}

function none(when: readonly string[]): Security {
  return { when, assumes: [], isOwn: false, decisions: [decisionOf('NONE', 'nothing', null)] };
}

/** An operation without `security`: OpenAPI hands it the document's; API Gateway does so in version 3. */
function inherited(context: DocumentContext, when: readonly string[]): readonly Security[] {
  const { document } = context;
  const root = rootSecurity(context, when);
  const isVersion2 = get(document, 'swagger') !== undefined;
  return root.map((it): Security => {
    if (!isVersion2) return { ...it, decisions: it.decisions.map(doubted) };
    const isIgnored = it.decisions.some(({ place }) => place !== null);
    const notes = isIgnored
      ? [
          'API Gateway does not use the security of an OpenAPI 2 document, but of its operations alone',
        ]
      : [];
    return { ...none(it.when), decisions: [{ ...decisionOf('NONE', 'nothing', null), notes }] };
  });
}

/** What the document's own `security` says in each branch, once for all of its operations. */
const ROOTS = new WeakMap<DocumentContext, Map<string, readonly Security[]>>();

function rootSecurity(context: DocumentContext, when: readonly string[]): readonly Security[] {
  const known = ROOTS.get(context) ?? new Map<string, readonly Security[]>();
  ROOTS.set(context, known);
  const branch = JSON.stringify(when);
  const read = known.get(branch) ?? readSecurity(context.document, 'root', context, when);
  known.set(branch, read);
  return read;
}

function doubted(it: Decision): Decision {
  if (it.by !== 'root' || it.authorization === 'NONE') return { ...it, place: null };
  const unproven =
    "protected by the document's root-level security alone, of which the API Gateway Developer Guide says that it is not used";
  return { ...it, unproven: it.unproven ?? unproven };
}
