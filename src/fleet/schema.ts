import { z } from 'zod';
import { exceptionSchema, findingSchema, severitySchema, verdictSchema } from '../report/schema.js';

/*
 * The merged report of a fleet, `apigw-iam-gate/fleet/v1`. The types of the renderers and the committed
 * JSON Schema (`fleet.schema.json`) both come from this one description; at run time nothing imports it
 * but types. Additions only: readers keep `fleet.json` as a baseline and for the sizes of the next plan.
 */

/** What was counted in one target, or in all. */
const totalsSchema = z
  .object({
    apis: z.number().int(),
    openApis: z.number().int().describe('APIs with a method that can be called without IAM now'),
    methods: z.number().int().describe('Rows of methods: one a method and stage'),
    errors: z.number().int().describe('Without the known and the suppressed ones'),
    warnings: z.number().int().describe('Without the known and the suppressed ones'),
    known: z.number().int().describe('Findings that the baseline holds already'),
    suppressed: z.number().int().describe('Findings that exceptions cover'),
  })
  .readonly();

const targetSchema = z
  .object({
    id: z.string().describe('Stands for account and region in every run; holds no account id'),
    account: z.string().describe('What stands for the account; its id only with show-accounts: id'),
    name: z.string().describe('What a reader calls the account'),
    region: z.string().nullable().describe('null: not even its regions could be listed'),
    state: z.enum(['read', 'missing', 'unreadable']),
    why: z.string().nullable().describe('Why it was not read; null where it was'),
    verdict: verdictSchema.describe('incomplete where it was not read'),
    attempt: z.number().int().nullable().describe('The attempt of the run that read it'),
    totals: totalsSchema.nullable().describe('null where it was not read'),
  })
  .readonly();

export const fleetFindingSchema = z
  .object({
    ...findingSchema.unwrap().shape,
    target: z
      .string()
      .nullable()
      .describe('Id of the target; null: about the fleet as a whole, or its configuration'),
    apiName: z.string().nullable().describe('null: about no API'),
  })
  .readonly();

export const fleetReportSchema = z
  .object({
    schema: z.literal('apigw-iam-gate/fleet/v1'),
    verdict: verdictSchema,
    incomplete: z
      .boolean()
      .describe('Something was not read or proven, also where a failure decides the verdict'),
    scope: z.string().describe("The fleet's name over all runs: the path of its targets file"),
    plan: z.object({ id: z.string(), madeAt: z.string() }).readonly(),
    counts: z
      .object({
        ...totalsSchema.unwrap().shape,
        accounts: z.number().int(),
        targets: z.number().int().describe('Targets of the plan, read or not'),
        missing: z.number().int(),
        unreadable: z.number().int(),
      })
      .readonly(),
    comparison: z
      .object({
        added: z.number().int(),
        same: z.number().int(),
        fixed: z.number().int().nullable(),
      })
      .readonly()
      .nullable()
      .describe('With the baseline; null where none was given'),
    rules: z
      .array(
        z
          .object({ rule: z.string(), severity: severitySchema, findings: z.number().int() })
          .readonly(),
      )
      .readonly()
      .describe('How many findings each rule has, without the known ones; worst rule first'),
    targets: z.array(targetSchema).readonly(),
    leftOut: z
      .array(
        z.object({ name: z.string(), region: z.string().nullable(), why: z.string() }).readonly(),
      )
      .readonly(),
    exceptions: z.array(exceptionSchema).readonly(),
    notes: z.array(z.string()).readonly().describe('What a reader must know to read the rest'),
    findings: z
      .array(fleetFindingSchema)
      .readonly()
      .describe('Target by target in the order of targets, then those about the fleet as a whole'),
  })
  .readonly();
