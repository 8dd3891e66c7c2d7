import { placeholdersIn, replacePlaceholders } from '../../../model/placeholders.js';
import { type Unknown, unknown } from '../cloudformation/folded.js';
import type { ScalarNode } from '../node.js';

/**
 * Names that stand in a text as it is written, such as `\${cidr}` in a document that Terraform's templatefile
 * renders. Of IAM's own variables each has a prefix, but for those that are one character; API Gateway puts in
 * `\${AWS::Region}` and its like.
 */
export function unknownIn(text: string): readonly string[] {
  return [...placeholdersIn(text, '${', '}')]
    .map(({ name }) => name)
    .filter((name) => !name.includes(':') && !/^[*?$]$/.test(name));
}

/** What a text with such names becomes when its file is rendered, which nobody knows here. */
export function rendered(
  node: ScalarNode,
  names: readonly string[],
  when: readonly string[],
): Unknown {
  const reason = `${names.join(', ')} is put in when the file is rendered`;
  const give = 'write the value itself, or give the finished file';
  return unknown(node.at, when, reason, give, { placeholder: node.text });
}

/**
 * Whether an unknown value is one of AWS's own, such as a role's ARN, or has text of its own around
 * what is unknown: whatever it becomes, it is not everybody (`*`).
 */
export function isSomebody({ refersTo, placeholder }: Unknown): boolean {
  return (
    refersTo !== null ||
    placeholder.startsWith('${AWS::') ||
    replacePlaceholders(placeholder, '${', '}', '') !== ''
  );
}
