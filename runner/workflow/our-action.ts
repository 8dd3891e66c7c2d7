import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { REPOSITORY } from '../bundle.js';

const metadataSchema = z.object({
  inputs: z.record(z.string(), z.object({ default: z.string().optional() })).default({}),
  runs: z.object({ main: z.string(), post: z.string().optional() }),
});

/** An action of this repository: the file of its main step, that of its post step, its inputs. */
export interface OurAction {
  readonly main: string;
  readonly post: string | undefined;
  readonly inputs: z.output<typeof metadataSchema>['inputs'];
}

/** How a workflow names this repository's actions: in the repository itself, or from another one. */
const OWN_NAME = /^(?:\.|\$|[\w.-]+\/apigw-iam-gate)((?:\/[\w./-]+)?)(?:@[\w./-]+)?$/;

/** The action of this repository that a step uses; undefined where it is somebody else's. */
export function ourAction(uses: string): OurAction | undefined {
  const [, path] = OWN_NAME.exec(uses.replace(/\/$/, '')) ?? [];
  if (path === undefined) return undefined;
  const folder = join(REPOSITORY, path);
  const file = join(folder, 'action.yml');
  if (!existsSync(file)) throw new Error(`"${uses}" is no action: there is no ${file}`);
  const { inputs, runs } = metadataSchema.parse(parse(readFileSync(file, 'utf8')));
  return {
    main: join(folder, runs.main),
    post: runs.post === undefined ? undefined : join(folder, runs.post),
    inputs,
  };
}
