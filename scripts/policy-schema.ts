import * as z from 'zod/mini';
import { configFileSchema } from '../src/config/file-schema.js';
import { INPUTS_IN_FILE } from '../src/inputs/table.js';

/** The JSON Schema of the configuration file, for editors: draft-07, as committed in `policy.schema.json`. */
export function makePolicySchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(configFileSchema(INPUTS_IN_FILE), {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema, path }) => {
      // A rule over two keys, which the source states in words of its own.
      if (path.join('/') === 'properties/exceptions/items') {
        jsonSchema.oneOf = [{ required: ['expires'] }, { required: ['permanent'] }];
      }
    },
  });
  const titled = {
    $schema,
    title: 'apigw-iam-gate policy file',
    description: 'What is required of the methods of a REST API, and what is excepted until when.',
    ...rest,
  };
  return `${JSON.stringify(titled, null, 2)}\n`;
}
