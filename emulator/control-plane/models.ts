import type { JsonObject } from '../json.js';
import type { ModelState } from '../model.js';
import { requiredText, text } from './body.js';
import { type Answer, apiOf, type Call, type Handlers, pathValue } from './call.js';
import { badRequest, conflict, notFound } from './errors.js';
import { page } from './page.js';
import { patchOperations, requireReplace } from './patch.js';

/* Texts and answers: localstack snapshots test_model_lifecycle, test_model_validation and test_update_model, 2024-04-15. */

const DRAFT_4 = 'http://json-schema.org/draft-04/schema#';

/** Every API has these. */
const DEFAULTS: readonly ModelState[] = [
  {
    id: 'mempty',
    name: 'Empty',
    contentType: 'application/json',
    description: 'This is a default empty schema model',
    schema: JSON.stringify({ $schema: DRAFT_4, title: 'Empty Schema', type: 'object' }),
  },
  {
    id: 'merror',
    name: 'Error',
    contentType: 'application/json',
    description: 'This is a default error schema model',
    schema: JSON.stringify({
      $schema: DRAFT_4,
      title: 'Error Schema',
      type: 'object',
      properties: { message: { type: 'string' } },
    }),
  },
];

function modelsOf(call: Call): Map<string, ModelState> {
  const api = apiOf(call);
  api.models ??= new Map();
  return new Map([...DEFAULTS.map((it): [string, ModelState] => [it.name, it]), ...api.models]);
}

function modelBody(model: ModelState): JsonObject {
  return { ...model };
}

function getModels(call: Call): Answer {
  const models = [...modelsOf(call).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { status: 200, body: page(call, models, ({ name }) => name, modelBody) };
}

function createModel(call: Call): Answer {
  const known = modelsOf(call);
  const name = requiredText(call.body, 'name');
  if (name === '') throw badRequest('Model name must be non-empty');
  if (known.has(name)) throw conflict('Model name already exists for this REST API');
  const description = text(call.body, 'description');
  const model: ModelState = {
    id: call.ids.next(6),
    name,
    contentType: requiredText(call.body, 'contentType'),
    ...(description === undefined ? {} : { description }),
    schema: checkedSchema(text(call.body, 'schema') ?? ''),
  };
  apiOf(call).models?.set(name, model);
  return { status: 201, body: modelBody(model) };
}

function checkedSchema(schema: string): string {
  if (schema !== '' && schema !== '{}') return schema;
  throw badRequest('Model schema must have at least 1 property or array items defined');
}

function updateModel(call: Call): Answer {
  const name = pathValue(call, 'model_name');
  const model = modelsOf(call).get(name);
  if (model === undefined) throw notFound(`Invalid model name specified: ${name}`);
  const changed = { ...model };
  for (const operation of patchOperations(call.body, 'updateModelInput')) {
    if (operation.op !== 'replace')
      throw badRequest(
        `Invalid patch path  '${operation.path}' specified for op '${operation.op}'. Please choose supported operations`,
      );
    if (operation.path === '/schema') changed.schema = checkedSchema(requireReplace(operation));
    else if (operation.path === '/description') changed.description = requireReplace(operation);
    else
      throw badRequest(
        `Invalid patch path  '${operation.path}' specified for op 'replace'. Must be one of: [/description, /schema]`,
      );
  }
  apiOf(call).models?.set(name, changed);
  return { status: 200, body: modelBody(changed) };
}

export const modelHandlers: Handlers = {
  CreateModel: createModel,
  GetModels: getModels,
  UpdateModel: updateModel,
};
