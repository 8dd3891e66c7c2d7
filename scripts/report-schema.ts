import { z } from 'zod';
import { fleetReportSchema } from '../src/fleet/schema.js';
import { reportSchema } from '../src/report/schema.js';

/**
 * The JSON Schema of `report.json`, as committed in `report.schema.json`: draft-07, which every
 * validator and editor reads. Development only, like the zod schema that it comes from. Readers
 * must accept properties that they do not know, since versions add some.
 */
export function makeReportSchema(): string {
  return makeSchema(reportSchema, 'apigw-iam-gate report, version 1');
}

/** The JSON Schema of `fleet.json`, as committed in `fleet.schema.json`. */
export function makeFleetSchema(): string {
  return makeSchema(fleetReportSchema, 'apigw-iam-gate report of a fleet, version 1');
}

function makeSchema(described: z.ZodType, title: string): string {
  const schema = z.toJSONSchema(described, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      // What is read-only in TypeScript, and what JavaScript can count to, say nothing of the file.
      delete jsonSchema.readOnly;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const { $schema, ...rest } = schema;
  const titled = {
    $schema,
    title,
    description: 'What the gate found. Later versions add properties and change none.',
    ...rest,
  };
  return `${JSON.stringify(titled, null, 2)}\n`;
}
