import { textMap } from '../../control-plane/body.js';
import { badRequest, notFound } from '../../control-plane/errors.js';
import { type Answer, type Call, type Handlers, pathValue } from './call.js';

/** What `arn:…:apigateway:{region}::/apis/{id}[/stages/{name}]` names. The sentences are those of REST APIs. */
function taggedBy(call: Call): { tags: Record<string, string> } {
  const arn = pathValue(call, 'resource-arn');
  const { partition, region, v2 } = call.account;
  const [, inPartition, inRegion, apiId = '', stageName] =
    /^arn:([^:]+):apigateway:([^:]*)::\/apis\/([^/]+)(?:\/stages\/([^/]+))?$/.exec(arn) ?? [];
  if (inPartition !== partition || inRegion !== region)
    throw badRequest(`Invalid ARN specified in the request: ${arn}`);
  const api = v2.apis.get(apiId);
  const tagged = stageName === undefined ? api : api?.stages.get(stageName);
  if (tagged === undefined) throw notFound(`Invalid resource specified: ${arn}`);
  return tagged;
}

function getTags(call: Call): Answer {
  return { status: 200, body: { tags: taggedBy(call).tags } };
}

function tagResource(call: Call): Answer {
  const tagged = taggedBy(call);
  tagged.tags = { ...tagged.tags, ...textMap(call.body, 'tags') };
  return { status: 201, body: {} };
}

function untagResource(call: Call): Answer {
  const tagged = taggedBy(call);
  const removed = call.query.getAll('tagKeys');
  tagged.tags = Object.fromEntries(
    Object.entries(tagged.tags).filter(([key]) => !removed.includes(key)),
  );
  return { status: 204 };
}

export const tagHandlers: Handlers = {
  GetTags: getTags,
  TagResource: tagResource,
  UntagResource: untagResource,
};
