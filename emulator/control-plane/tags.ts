import type { ApiState, StageState } from '../model.js';
import { textMap } from './body.js';
import { type Answer, type Call, type Handlers, pathValue } from './call.js';
import { badRequest, notFound } from './errors.js';

/**
 * What an ARN of the form `arn:aws:apigateway:{region}::/restapis/{id}[/stages/{name}]` names (API
 * Gateway developer guide, "Amazon Resource Name (ARN) values"). The texts are the emulator's own.
 */
function taggedBy(call: Call): ApiState | StageState {
  const arn = pathValue(call, 'resource_arn');
  const { partition, region, apis, accountId } = call.account;
  const match = /^arn:([^:]+):apigateway:([^:]*)::\/restapis\/([^/]+)(?:\/stages\/([^/]+))?$/.exec(
    arn,
  );
  if (match === null || match[1] !== partition || match[2] !== region)
    throw badRequest(`Invalid ARN specified in the request: ${arn}`);
  const [, , , apiId = '', stageName] = match;
  const api = apis.get(apiId);
  if (api === undefined) throw notFound(`Invalid API identifier specified ${accountId}:${apiId}`);
  if (stageName === undefined) return api;
  const stage = api.stages.get(stageName);
  if (stage === undefined) throw notFound('Invalid stage identifier specified');
  return stage;
}

function getTags(call: Call): Answer {
  return { status: 200, body: { tags: taggedBy(call).tags ?? {} } };
}

function tagResource(call: Call): Answer {
  const target = taggedBy(call);
  target.tags = { ...target.tags, ...textMap(call.body, 'tags') };
  return { status: 204 };
}

function untagResource(call: Call): Answer {
  const target = taggedBy(call);
  const removed = call.query.getAll('tagKeys');
  target.tags = Object.fromEntries(
    Object.entries(target.tags ?? {}).filter(([key]) => !removed.includes(key)),
  );
  return { status: 204 };
}

export const tagHandlers: Handlers = {
  GetTags: getTags,
  TagResource: tagResource,
  UntagResource: untagResource,
};
