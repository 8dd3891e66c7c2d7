import { z } from 'zod';
import { byLayer } from '../evidence/layers.js';
import { VERDICTS } from '../model/finding.js';

/*
 * The report value, `apigw-iam-gate/report/v1`. The types of the renderers and the committed
 * JSON Schema (`report.schema.json`) both come from this one description; at run time nothing
 * imports it but types, so no schema library is in the bundle. Additions only: readers keep
 * `report.json` files as baselines.
 */

/** `pass` only where everything that must be readable was read and nothing is wrong. */
export const verdictSchema = z.enum(VERDICTS);

export const severitySchema = z.enum(['error', 'warning']);

/** What a finding means for callers without IAM, where it means something for them. */
const effectSchema = z.enum(['open', 'opens-next', 'unknown']);

/** An authorization type, `null` where the layer has no such method, `unreadable` or `untold`. */
const authorizationSchema = z
  .string()
  .nullable()
  .describe(
    'An authorization type, null where the layer has no such method, "unreadable", or "untold" where no call of AWS tells it',
  );

/** What the endpoint answered to one probe. */
export const answerSchema = z
  .object({
    status: z.number().int().nullable().describe('HTTP status, null where no answer came'),
    answer: z.string().describe('What the answer was classified as, such as missing-token'),
  })
  .readonly();

const stageSchema = z
  .object({
    name: z.string(),
    deploymentId: z.string().nullable(),
    canary: z
      .object({ deploymentId: z.string(), percentTraffic: z.number() })
      .readonly()
      .nullable(),
    invokeUrl: z.string(),
    autoDeploy: z
      .boolean()
      .optional()
      .describe('Of an HTTP or WebSocket API: every change is deployed to the stage at once'),
    deploymentStatus: z
      .string()
      .nullable()
      .optional()
      .describe(
        'Of an HTTP or WebSocket API: PENDING, FAILED or DEPLOYED, null where it was not asked for',
      ),
  })
  .readonly();

const apiSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    // Older reports know of REST APIs alone.
    kind: z.enum(['REST', 'HTTP', 'WEBSOCKET']).optional().describe('The kind of API'),
    stages: z.array(stageSchema).readonly(),
  })
  .readonly();

const methodSchema = z
  .object({
    api: z.string(),
    stage: z
      .string()
      .nullable()
      .describe('null: the API has no stage, only what is configured or declared'),
    method: z
      .string()
      .describe('HTTP method, or ANY; of a route without a path its key, such as $default'),
    path: z.string().describe('Of a route without a path its key, as in method'),
    ...byLayer(() => authorizationSchema),
    // Older reports have none of these.
    kind: z.enum(['REST', 'HTTP', 'WEBSOCKET']).optional().describe('The kind of its API'),
    declared: authorizationSchema
      .optional()
      .describe(
        'The type that files of the repository declare, null where none declares the method, or "unresolved" where nobody can know it before the deployment',
      ),
    declaredAt: z
      .object({
        file: z.string().describe('Path relative to the repository, with forward slashes'),
        line: z.number().int().describe('From 1'),
        column: z.number().int().describe('From 1'),
      })
      .readonly()
      .nullable()
      .optional()
      .describe('Where it is declared; null where no file declares it'),
    preflight: z.boolean().describe('An OPTIONS method that answers CORS by itself: exempt'),
    unsigned: answerSchema.nullable(),
    tampered: answerSchema.nullable(),
    signed: answerSchema.nullable(),
    control: answerSchema
      .nullable()
      .optional()
      .describe(
        "Of an HTTP API: the answer of its stage to an unsigned request to a path that no route takes, which is 404 where refusals are the routes' own",
      ),
    excepted: z.boolean().describe('An exception of the policy file covers what is wrong with it'),
    notProbed: z
      .string()
      .nullable()
      .describe('Why no request was sent, or none of the answers counts; null elsewhere'),
    proof: z
      .enum(['proven', 'consistent', 'inconclusive', 'refuted'])
      .nullable()
      .optional()
      .describe(
        'What the answers prove: unsigned and tampered refused and signed let in; only right refusals seen; neither; an answer contradicts it. null where nothing was asked or no signature is asked for',
      ),
    unproven: z
      .array(z.string())
      .readonly()
      .optional()
      .describe('What keeps the method from being proven, and what to add'),
    verdict: verdictSchema,
  })
  .readonly();

/** A line of a file in the repository, or of a policy file kept elsewhere. */
const locationSchema = z
  .object({
    file: z
      .string()
      .describe(
        'Path relative to the repository, with forward slashes; of a file of another repository owner/repo/path@ref',
      ),
    line: z.number().int().describe('From 1'),
    column: z
      .number()
      .int()
      .optional()
      .describe('From 1; absent where the line as a whole is meant'),
    remote: z
      .object({ owner: z.string(), repo: z.string(), path: z.string(), ref: z.string() })
      .readonly()
      .optional()
      .describe('Where the file was read from another repository; absent where it was checked out'),
  })
  .readonly();

export const findingSchema = z
  .object({
    rule: z.string(),
    severity: severitySchema,
    effect: effectSchema
      .optional()
      .describe(
        'open: callers get in without IAM now. opens-next: they do from the next deployment on. unknown: nobody can tell. Absent: it is about something else',
      ),
    api: z.string().nullable().describe('null: the whole region could not be read'),
    stage: z.string().nullable().describe('null: the finding is about what is configured'),
    method: z.string().nullable(),
    path: z.string().nullable(),
    message: z.string().describe('What is wrong'),
    fix: z.string().describe('What to do about it'),
    snippet: z
      .object({
        language: z.string().describe("The file's own language, such as cloudformation"),
        text: z.string().describe('Of one or more lines'),
      })
      .readonly()
      .optional()
      .describe('What the fix is to write'),
    fingerprint: z.string().describe('Stable over runs: rule, API, stage, method and path'),
    targetFingerprint: z
      .string()
      .nullable()
      .optional()
      .describe('The same within its account and region; null where the account is not known'),
    grantFingerprint: z
      .string()
      .optional()
      .describe(
        'Of a finding about a statement of a policy, what that gives, and about a method that a file declares open in some branches, which; a baseline knows the finding as long as this is the same',
      ),
    location: locationSchema.nullable().describe('Where it can be mended or was asked for'),
    known: z.boolean().describe('The baseline holds it already: a notice, which fails nothing'),
  })
  .readonly();

/** What a finding is about, and nothing that was said of it. */
const placeSchema = z
  .object({
    rule: z.string(),
    api: z.string().nullable(),
    stage: z.string().nullable(),
    method: z.string().nullable(),
    path: z.string().nullable(),
  })
  .readonly();

/** How the findings differ from those of an earlier report. */
const comparisonSchema = z
  .object({
    with: z.enum(['baseline', 'last-audit']),
    added: z.number().int().describe('Findings that the earlier report does not hold'),
    same: z.number().int().describe('Findings that both hold'),
    fixed: z
      .array(placeSchema)
      .readonly()
      .nullable()
      .describe('Findings of the earlier report alone; null where not everything could be read'),
  })
  .readonly();

/** An exception of the policy file, and what became of it in this run. */
export const exceptionSchema = z
  .object({
    methods: z.array(z.string()).readonly().describe('Globs over "METHOD /path"'),
    apis: z.array(z.string()).readonly().describe('Ids or names'),
    stages: z.array(z.string()).readonly().describe('Empty: every stage'),
    reason: z.string(),
    owner: z.string(),
    expires: z.string().nullable().describe('The last day, YYYY-MM-DD, UTC; null: permanent'),
    daysLeft: z.number().int().nullable().describe('0 on the last day, negative once expired'),
    state: z.enum(['in-use', 'unused', 'expired']),
    location: locationSchema.nullable(),
  })
  .readonly();

/** A finding that an exception covers: shown, and counted nowhere. */
const suppressedSchema = z
  .object({
    finding: findingSchema,
    exception: z.number().int().describe('Index into exceptions'),
  })
  .readonly();

export const changeSchema = z
  .object({
    api: z.string(),
    method: z.string(),
    path: z.string(),
    from: z.string(),
    to: z.string(),
    state: z.enum(['planned', 'applied', 'failed', 'not-attempted', 'restored']),
  })
  .readonly();

/** One deployment that enforce makes (or made) and the stages that it moves to it. */
export const deploymentSchema = z
  .object({
    api: z.string(),
    deploymentId: z.string().nullable().describe('null until it exists, and once it was deleted'),
    stages: z
      .array(
        z
          .object({
            name: z.string(),
            from: z.string().nullable(),
            state: z.enum(['planned', 'moved', 'failed', 'not-attempted', 'restored']),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();

/** A method whose type is not AWS_IAM and that enforce leaves as it is. */
export const keptSchema = z
  .object({
    api: z.string(),
    method: z.string(),
    path: z.string(),
    authorizationType: z.string(),
    reason: z.string(),
  })
  .readonly();

/** Who may invoke: the group that must, the policy that lets callers in, and what was granted. */
export const accessSchema = z
  .object({
    group: z
      .object({
        name: z.string(),
        users: z.number().int().nullable().describe('null: the group could not be read'),
        policies: z.array(z.string()).readonly().describe('Names of its policies'),
      })
      .readonly()
      .nullable()
      .describe('null: no group was asked about'),
    methods: z
      .array(
        z
          .object({
            api: z.string(),
            stage: z.string(),
            method: z.string(),
            path: z.string(),
            may: z.enum(['can-invoke', 'cannot', 'depends']),
            because: z
              .array(z.string())
              .readonly()
              .describe('Statements that decide, or condition keys that it depends on'),
          })
          .readonly(),
      )
      .readonly()
      .describe('Whether the group may invoke, a method and stage each'),
    invokePolicy: z
      .object({
        document: z.string().describe('JSON; the account in its ARNs is *'),
        characters: z.number().int().describe('Without white space, as IAM counts'),
        exact: z.boolean().describe('false: widened to fit the size that IAM takes'),
      })
      .readonly()
      .nullable(),
    grants: z
      .array(
        z
          .object({
            api: z.string(),
            stage: z.string(),
            group: z.string(),
            policy: z.string(),
            steps: z.array(z.string()).readonly(),
            state: z.enum(['unchanged', 'planned', 'applied', 'failed', 'not-attempted']),
            reason: z.string().nullable().describe('Why it was not made; null where it was'),
            doubt: z
              .string()
              .optional()
              .describe(
                'What could not be read and may make IAM refuse it; absent once it is made',
              ),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();

/** What enforcement of one API came to as a whole. */
export const transactionSchema = z
  .object({
    api: z.string(),
    state: z
      .enum(['refused', 'proven', 'applied', 'restored', 'partial', 'left'])
      .describe(
        'refused: nothing was changed. proven: the endpoint was asked. applied: it was not asked. restored: everything is as before. partial: of routes whose changes are live at once, those before the one that failed are proven and stay, the others are as before. left: not everything could be rolled back',
      ),
    reasons: z.array(z.string()).readonly().describe('Why it was refused or rolled back'),
    left: z.array(z.string()).readonly().describe('What is not as it was before'),
  })
  .readonly();

/** Who manages an API that enforce changes: without a change there, IAM may be turned off again. */
export const ownerSchema = z
  .object({
    api: z.string(),
    tool: z.enum(['CloudFormation', 'CDK', 'Terraform']),
    name: z.string().nullable().describe('The stack, or what the tag says'),
    warning: z.string(),
    snippets: z
      .array(z.object({ format: z.string(), text: z.string() }).readonly())
      .readonly()
      .describe('What makes the change permanent at its source'),
  })
  .readonly();

export const reportSchema = z
  .object({
    schema: z.literal('apigw-iam-gate/report/v1'),
    verdict: verdictSchema,
    incomplete: z
      .boolean()
      .describe('Something could not be read or proven, also where a failure decides the verdict'),
    mode: z.enum(['audit', 'plan', 'enforce']),
    region: z.string(),
    target: z
      .object({
        account: z
          .string()
          .nullable()
          .describe(
            'Stands for the AWS account and is not its id: the same in every run. null where nobody said which it is',
          ),
        region: z.string(),
      })
      .readonly()
      .optional()
      .describe('Whose APIs were audited, and where'),
    counts: z
      .object({
        methods: z.number().int().describe('Rows of methods: one a method and stage'),
        errors: z.number().int().describe('Without the known and the suppressed ones'),
        warnings: z.number().int().describe('Without the known and the suppressed ones'),
        known: z.number().int().describe('Findings that the baseline holds already'),
        suppressed: z.number().int().describe('Findings that exceptions cover'),
        changed: z.number().int().describe('Methods changed, or in mode plan to be changed'),
      })
      .readonly(),
    apis: z.array(apiSchema).readonly(),
    methods: z.array(methodSchema).readonly(),
    findings: z.array(findingSchema).readonly(),
    suppressed: z.array(suppressedSchema).readonly(),
    exceptions: z.array(exceptionSchema).readonly(),
    changes: z.array(changeSchema).readonly(),
    deployments: z.array(deploymentSchema).readonly(),
    kept: z.array(keptSchema).readonly(),
    selectors: z
      .array(
        z
          .object({
            selector: z.string().describe('As api-id has it, such as name:orders'),
            apis: z.array(z.string()).readonly().describe('Ids of the APIs that it stands for'),
          })
          .readonly(),
      )
      .readonly()
      .optional()
      .describe('What stood in api-id besides ids; absent where nothing did'),
    access: accessSchema.optional(),
    transactions: z.array(transactionSchema).readonly().optional(),
    owners: z.array(ownerSchema).readonly().optional(),
    notes: z.array(z.string()).readonly().describe('What a reader must know to read the rest'),
    changeNotes: z
      .array(z.string())
      .readonly()
      .optional()
      .describe('Those of the notes that are about what was changed or could not be rolled back'),
    comparison: comparisonSchema
      .optional()
      .describe('What is new, the same and fixed since the baseline, where one was given'),
  })
  .readonly();
