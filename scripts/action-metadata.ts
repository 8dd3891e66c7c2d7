import { parse } from 'yaml';
import { z } from 'zod';

/**
 * `action.yml`, as far as the documentation and its tests depend on it. The keys are those of GitHub
 * Docs, "Metadata syntax for GitHub Actions"; a key that is not listed here is a mistake.
 */
const metadataSchema = z.strictObject({
  name: z.string(),
  description: z.string(),
  author: z.string(),
  branding: z.strictObject({ icon: z.string(), color: z.string() }),
  inputs: z.record(
    z.string(),
    z.strictObject({
      description: z.string(),
      required: z.boolean().optional(),
      default: z.string().optional(),
    }),
  ),
  outputs: z.record(z.string(), z.strictObject({ description: z.string() })),
  runs: z.strictObject({
    using: z.string(),
    main: z.string(),
    post: z.string(),
    'post-if': z.string(),
  }),
});

/** What `action.yml` says. */
export type ActionMetadata = z.infer<typeof metadataSchema>;

/**
 * Reads the text of an `action.yml`.
 *
 * @throws Error naming what is not as it should be.
 */
export function readActionMetadata(yaml: string): ActionMetadata {
  return metadataSchema.parse(parse(yaml));
}
