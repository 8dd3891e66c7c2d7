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
  return lines.slice(from.line - 1, toLine - 1).flatMap((text, index) => {
    const found = CHECKOV_COMMENT.exec(text);
    const [, id, reason] = found ?? [];
    if (found === null || id === undefined) return [];
    const place = { file: from.file, line: from.line + index, column: found.index + 1 };
    return [{ tool: 'checkov' as const, id, reason: reason?.trim() || null, place }];
  });
}
