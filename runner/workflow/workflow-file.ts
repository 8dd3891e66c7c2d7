import { parse } from 'yaml';
import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const scalars = z.record(z.string(), scalar.nullable());
/** What says nothing about how a run goes. */
const ignored = z.unknown().optional();

const stepSchema = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  if: scalar.optional(),
  uses: z.string().optional(),
  with: scalars.default({}),
  run: z.string().optional(),
  shell: z.string().optional(),
  'working-directory': z.string().optional(),
  env: scalars.default({}),
  'continue-on-error': scalar.default(false),
  'timeout-minutes': ignored,
});

const jobSchema = z.strictObject({
  name: ignored,
  needs: z.union([z.string(), z.array(z.string())]).default([]),
  if: scalar.optional(),
  strategy: z
    .strictObject({
      'fail-fast': scalar.default(true),
      'max-parallel': scalar.optional(),
      matrix: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
    })
    .optional(),
  outputs: z.record(z.string(), z.string()).default({}),
  env: scalars.default({}),
  steps: z.array(stepSchema).min(1),
  'runs-on': z.unknown(),
  permissions: ignored,
  concurrency: ignored,
  environment: ignored,
  'timeout-minutes': ignored,
  defaults: ignored,
});

const inputSchema = z.strictObject({
  type: z.enum(['string', 'boolean', 'number', 'choice', 'environment']).default('string'),
  description: z.string().optional(),
  required: z.boolean().default(false),
  default: scalar.optional(),
  options: z.array(z.string()).optional(),
});

const callSchema = z.object({
  inputs: z.record(z.string(), inputSchema).default({}),
  outputs: z.record(z.string(), z.object({ value: z.string() })).default({}),
});

const workflowSchema = z.strictObject({
  name: z.string().optional(),
  'run-name': ignored,
  on: z.unknown(),
  env: scalars.default({}),
  permissions: ignored,
  concurrency: ignored,
  defaults: ignored,
  jobs: z.record(z.string(), jobSchema),
});

export type WorkflowStep = z.output<typeof stepSchema>;
export type WorkflowJob = z.output<typeof jobSchema>;
export type WorkflowInput = z.output<typeof inputSchema>;

/** A workflow, as far as the stand-in plays it. */
export interface Workflow {
  readonly env: z.output<typeof scalars>;
  readonly jobs: Readonly<Record<string, WorkflowJob>>;
  /** Of `workflow_call`, or else of `workflow_dispatch`. */
  readonly inputs: Readonly<Record<string, WorkflowInput>>;
  /** Outputs of `workflow_call`, as expressions. */
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Reads a workflow file. A key that is not known here is refused: what the stand-in does not play, no test
 * may rest on.
 *
 * @throws Error naming what is not as it should be
 */
export function readWorkflow(yaml: string): Workflow {
  const { jobs, env, on } = workflowSchema.parse(parse(yaml));
  for (const [id, { needs }] of Object.entries(jobs))
    for (const needed of [needs].flat())
      if (!Object.hasOwn(jobs, needed))
        throw new Error(`The job ${id} needs ${needed}, which there is not`);
  const events = z.record(z.string(), z.unknown()).safeParse(on).data ?? {};
  const call = callSchema.parse(events.workflow_call ?? events.workflow_dispatch ?? {});
  const outputs = Object.entries(call.outputs).map(([name, { value }]) => [name, value] as const);
  return { env, jobs, inputs: call.inputs, outputs: Object.fromEntries(outputs) };
}
