import * as z from 'zod/mini';
import { problemOfMethodGlob } from './method-glob.js';
import { AUTHORIZER_TYPES, REQUIRED_AUTHORIZATION_TYPE } from './requirement.js';

/*
 * What a configuration file may hold. The types of the program and the committed JSON Schema for editors
 * (`policy.schema.json`) both come from this description.
 */

const text = () => z.string().check(z.trim(), z.minLength(1, 'must not be empty'));

/** One or several; a list of one may be written without the brackets. */
const oneOrMore = <T extends z.ZodMiniType>(item: T) =>
  z.union([item, z.array(item).check(z.minLength(1, 'must not be an empty list'))]);

const methodGlob = z.string().check((context) => {
  const problem = problemOfMethodGlob(context.value);
  if (problem !== null) {
    context.issues.push({ code: 'custom', input: context.value, message: problem });
  }
});

/**
 * `NONE` is no authorization: what may be open is an exception, with a reason, an owner and a date.
 */
const authorizationType = z.enum([REQUIRED_AUTHORIZATION_TYPE, ...AUTHORIZER_TYPES]);

const date = z.string().check((context) => {
  if (!isCalendarDate(context.value)) {
    context.issues.push({
      code: 'custom',
      input: context.value,
      message: 'must be a date such as 2027-01-31',
    });
  }
});

function isCalendarDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const parsed = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value);
}

const methods = oneOrMore(methodGlob).check(
  z.describe('Globs over "METHOD /path", such as "GET /pets/*" or "* /public/**"'),
);

const requirement = z.strictObject({
  methods,
  types: z
    .array(authorizationType)
    .check(z.minLength(1), z.describe('Authorization types that these methods may have')),
});

const exception = z.strictObject({
  methods,
  api: oneOrMore(text()).check(
    z.describe('Ids or names of the APIs, or template.yaml#LogicalId; "*" for every API'),
  ),
  stage: z.optional(oneOrMore(text()).check(z.describe('Stage names; without it, every stage'))),
  reason: text().check(z.describe('Why the methods may stay as they are')),
  owner: text().check(z.describe('Who answers for it')),
  expires: z.optional(date.check(z.describe('The last day on which it holds, UTC'))),
  permanent: z.optional(z.literal(true).check(z.describe('It never expires, and has no expires'))),
});

/**
 * What is wrong with an exception's keys together. A schema's own check of a whole object would not run
 * where one of its keys is wrong, and the reader is to see all problems at once.
 *
 * @returns what is wrong; `null` where nothing is.
 */
export function problemOfExpiry(exception: unknown): string | null {
  if (typeof exception !== 'object' || exception === null) return null;
  const expires = 'expires' in exception;
  const permanent = 'permanent' in exception;
  if (expires && permanent) return 'has both expires and permanent: keep one of them';
  return expires || permanent ? null : 'needs expires (a date), or permanent: true';
}

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const smoke = z.strictObject({
  methods,
  'path-parameters': z.optional(
    z
      .record(z.string(), scalar)
      .check(z.describe('A value for each path parameter, such as { id: 42, "proxy+": "a/b" }')),
  ),
  query: z.optional(
    z.record(z.string(), z.union([scalar, z.array(scalar)])).check(z.describe('Query parameters')),
  ),
  headers: z.optional(z.record(z.string(), scalar).check(z.describe('Headers; never secrets'))),
  body: z.optional(z.string().check(z.describe('Request body, sent as it stands'))),
  expect: z.optional(
    z
      .array(z.int().check(z.gte(100), z.lte(599)))
      .check(z.minLength(1), z.describe('Statuses that a signed request may get; without it, 2xx')),
  ),
});

/**
 * The schema of a configuration file.
 *
 * @param inputs names of the inputs that the file may set.
 */
export function configFileSchema(inputs: readonly string[]) {
  const values = Object.fromEntries(inputs.map((name) => [name, z.optional(scalar)]));
  return z.strictObject({
    require: z.optional(
      z.strictObject({
        types: z.optional(
          z
            .array(authorizationType)
            .check(
              z.minLength(1),
              z.describe('Authorization types that are allowed; without it, AWS_IAM'),
            ),
        ),
        overrides: z.optional(
          z
            .array(requirement)
            .check(z.describe('Other types for some methods; the last match counts')),
        ),
      }),
    ),
    exceptions: z.optional(z.array(exception)),
    templates: z.optional(
      z
        .record(z.string(), text())
        .check(
          z.describe(
            'Which API, by id or name, is deployed from which file: { "template.yaml#OrdersApi": a1b2c3d4e5 }',
          ),
        ),
    ),
    smoke: z.optional(z.array(smoke).check(z.describe('Sample requests; the first match counts'))),
    inputs: z.optional(
      z
        .strictObject(values)
        .check(z.describe("Values for the action's inputs where the workflow gives none")),
    ),
  });
}

/** What a configuration file holds. */
export type ConfigFile = z.infer<ReturnType<typeof configFileSchema>>;
