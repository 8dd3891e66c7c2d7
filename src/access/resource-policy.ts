import { unreadable } from '../evidence/reading.js';
import type { ApiDescription, ApiEvidence, Reading } from '../model/evidence.js';
import type { NamedPolicy } from './evaluate.js';
import { expandShorthand, parsePolicy } from './policy-document.js';

/**
 * An API's resource policy as it is configured; `null` where it has none. What is in force is the
 * policy of the last deployment, which AWS tells nobody: "if you update the resource policy after the
 * API is created, you'll need to deploy the API to propagate the changes" (API Gateway Developer
 * Guide, "Create and attach an API Gateway resource policy to an API").
 */
export function resourcePolicyOf({ id, description }: ApiEvidence): Reading<NamedPolicy | null> {
  if (!description.readable) return description;
  const known = PARSED.get(description.value);
  if (known !== undefined) return known;
  const parsed = parse(id, description.value);
  PARSED.set(description.value, parsed);
  return parsed;
}

/** Every rule asks, of every method. */
const PARSED = new WeakMap<ApiDescription, Reading<NamedPolicy | null>>();

function parse(apiId: string, { policy }: ApiDescription): Reading<NamedPolicy | null> {
  if (policy === null) return { readable: true, value: null };
  const parsed = parsePolicy(policy, 'resource');
  if (parsed.valid) {
    // Ids of APIs are unique, so it needs neither account nor region. A `*` that ends its segment might be
    // read as more than the segment; this one does not end it.
    const document = expandShorthand(parsed.document, `arn:*?:execute-api:*?:*?:${apiId}`);
    return { readable: true, value: { name: 'the resource policy', document } };
  }
  return unreadable(
    'GetRestApi',
    `answered one that was not understood: ${parsed.problems.join('; ')}`,
    'Write the resource policy as AWS documents it, each element and each condition key once; if it is so already, open an issue with this message.',
  );
}
