import type { Place, Suppression } from '../../model/declared.js';
import { get, isList, isMap, type Node, scalarText } from './node.js';

/**
 * The skips of other tools that stand in a resource's `Metadata`. They speak of those tools' own
 * rules, some without a reason: they are mentioned to whoever reads the finding, never obeyed.
 */
export function suppressionsIn(resource: Node | undefined): readonly Suppression[] {
  const metadata = get(resource, 'Metadata');
  if (metadata === undefined) return [];
  return [
    ...listed('checkov', get(metadata, 'checkov', 'skip'), 'comment'),
    ...listed('cfn_nag', get(metadata, 'cfn_nag', 'rules_to_suppress'), 'reason'),
    ...listed('cfn-guard', get(metadata, 'guard', 'SuppressedRules'), 'reason'),
    ...listed('cdk-nag', get(metadata, 'cdk_nag', 'rules_to_suppress'), 'reason'),
  ];
}

function listed(
  tool: Suppression['tool'],
  skips: Node | undefined,
  reasonKey: string,
): readonly Suppression[] {
  if (!isList(skips)) return [];
  return skips.items.flatMap((skip) => {
    const id = isMap(skip) ? scalarText(get(skip, 'id')) : scalarText(skip);
    if (id === undefined) return [];
    return [{ tool, id, reason: scalarText(get(skip, reasonKey)) ?? null, place: skip.at }];
  });
}

const CHECKOV_COMMENT =
  /(?:#|\/\/|\/\*)\s*(?:checkov|bridgecrew)\s*:\s*skip\s*=\s*([A-Z0-9_]+)(?::([^*\n]*))?/;

/** checkov's comments between two lines of a file, the first included. */
export function suppressionComments(
  lines: readonly string[],
  from: Place,
  toLine: number,
): readonly Suppression[] {
  return commentsIn(lines).flatMap(({ index, column, id, reason }) => {
    const line = index + 1;
    if (line < from.line || line >= toLine) return [];
    return [{ tool: 'checkov' as const, id, reason, place: { file: from.file, line, column } }];
  });
}

/** A comment of checkov's in the lines of a file. */
interface Comment {
  readonly index: number;
  readonly column: number;
  readonly id: string;
  readonly reason: string | null;
}

/** The comments of a file, once: all of its resources may stand on one line. */
const COMMENTS = new WeakMap<readonly string[], readonly Comment[]>();

function commentsIn(lines: readonly string[]): readonly Comment[] {
  const known = COMMENTS.get(lines);
  if (known !== undefined) return known;
  const found = lines.flatMap((text, index): readonly Comment[] => {
    const match = CHECKOV_COMMENT.exec(text);
    const [, id, reason] = match ?? [];
    if (match === null || id === undefined) return [];
    return [{ index, column: match.index + 1, id, reason: reason?.trim() || null }];
  });
  COMMENTS.set(lines, found);
  return found;
}
