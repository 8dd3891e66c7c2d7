import { requiredText, text } from '../../control-plane/body.js';
import { notFound } from '../../control-plane/errors.js';
import type { JsonObject } from '../../json.js';
import { autoDeploy } from '../deploy.js';
import type { V2ModelState } from '../model.js';
import {
  type Answer,
  apiOf,
  type Call,
  editableApiOf,
  type Handlers,
  page,
  pathValue,
} from './call.js';

/* "Model: supported only for WebSocket APIs" (API Gateway V2 API Reference, "Models"). */

function modelBody(model: V2ModelState): JsonObject {
  return { ...model };
}

function getModels(call: Call): Answer {
  const models = [...apiOf(call).models.values()];
  return { status: 200, body: page(call, models, ({ modelId }) => modelId, modelBody) };
}

function createModel(call: Call): Answer {
  const api = editableApiOf(call);
  const model: V2ModelState = {
    modelId: call.ids.next(6),
    name: requiredText(call.body, 'name'),
    schema: requiredText(call.body, 'schema'),
  };
  apply(call, model);
  api.models.set(model.modelId, model);
  autoDeploy(api, call);
  return { status: 201, body: modelBody(model) };
}

function updateModel(call: Call): Answer {
  const api = editableApiOf(call);
  const model = api.models.get(pathValue(call, 'modelId'));
  if (model === undefined) throw notFound('Invalid Model identifier specified');
  const changed = { ...model };
  apply(call, changed);
  api.models.set(changed.modelId, changed);
  autoDeploy(api, call);
  return { status: 200, body: modelBody(changed) };
}

function apply({ body }: Call, model: V2ModelState): void {
  model.name = text(body, 'name') ?? model.name;
  model.schema = text(body, 'schema') ?? model.schema;
  const contentType = text(body, 'contentType');
  if (contentType !== undefined) model.contentType = contentType;
  const description = text(body, 'description');
  if (description !== undefined) model.description = description;
}

export const modelHandlers: Handlers = {
  CreateModel: createModel,
  GetModels: getModels,
  UpdateModel: updateModel,
};
