import { object, requiredText, text, textMap } from '../../control-plane/body.js';
import { badRequest } from '../../control-plane/errors.js';
import type { JsonObject } from '../../json.js';
import { autoDeploy } from '../deploy.js';
import type { V2ApiState, V2ResponseState } from '../model.js';
import {
  type Answer,
  apiOf,
  type Call,
  editableApiOf,
  type Handlers,
  integrationOf,
  membersOf,
  page,
  responseOf,
  routeOf,
} from './call.js';

/*
 * Responses of routes and of integrations: both "supported only for WebSocket APIs" (service model,
 * CreateRouteResponse and CreateIntegrationResponse).
 */

/** What differs between the two. */
interface Kind {
  /** The route or integration that the responses belong to, which must exist. */
  readonly ownerOf: (call: Call) => string;
  readonly id: string;
  readonly key: string;
  readonly members: Parameters<typeof membersOf>[1];
}

const OF_ROUTES: Kind = {
  ownerOf: (call) => `routes/${routeOf(call).routeId}`,
  id: 'routeResponseId',
  key: 'routeResponseKey',
  members: { modelSelectionExpression: text, responseModels: textMap, responseParameters: object },
};

const OF_INTEGRATIONS: Kind = {
  ownerOf: (call) => `integrations/${integrationOf(call).integrationId}`,
  id: 'integrationResponseId',
  key: 'integrationResponseKey',
  members: {
    contentHandlingStrategy: text,
    responseParameters: textMap,
    responseTemplates: textMap,
    templateSelectionExpression: text,
  },
};

function body({ id, key }: Kind, response: V2ResponseState): JsonObject {
  return { ...response.other, [id]: response.responseId, [key]: response.responseKey };
}

function handlersOf(kind: Kind, name: string): Handlers {
  const change = (call: Call): V2ApiState => {
    const api = editableApiOf(call);
    if (api.protocolType !== 'WEBSOCKET')
      throw badRequest(`${name}s are for WebSocket APIs only (text of the emulator)`);
    return api;
  };
  const known = (call: Call): V2ResponseState =>
    responseOf(call, kind.ownerOf(call), kind.id, name);
  const save = (call: Call, api: V2ApiState, response: V2ResponseState, status: number): Answer => {
    Object.assign(response.other, membersOf(call.body, kind.members));
    api.responses.set(response.responseId, response);
    autoDeploy(api, call);
    return { status, body: body(kind, response) };
  };
  return {
    [`Create${name}`]: (call) => {
      const api = change(call);
      const response = {
        responseId: call.ids.next(7),
        owner: kind.ownerOf(call),
        responseKey: requiredText(call.body, kind.key),
        other: {},
      };
      return save(call, api, response, 201);
    },
    [`Get${name}s`]: (call) => {
      const owner = kind.ownerOf(call);
      const responses = [...apiOf(call).responses.values()].filter((it) => it.owner === owner);
      const render = (response: V2ResponseState) => body(kind, response);
      return { status: 200, body: page(call, responses, ({ responseId }) => responseId, render) };
    },
    [`Get${name}`]: (call) => ({ status: 200, body: body(kind, known(call)) }),
    [`Update${name}`]: (call) => {
      const api = change(call);
      const response = structuredClone(known(call));
      response.responseKey = text(call.body, kind.key) ?? response.responseKey;
      return save(call, api, response, 200);
    },
    [`Delete${name}`]: (call) => {
      const api = change(call);
      api.responses.delete(known(call).responseId);
      autoDeploy(api, call);
      return { status: 204 };
    },
  };
}

export const responseHandlers: Handlers = {
  ...handlersOf(OF_ROUTES, 'RouteResponse'),
  ...handlersOf(OF_INTEGRATIONS, 'IntegrationResponse'),
};
