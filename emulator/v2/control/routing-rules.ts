import { type Answer, type Call, type Handlers, pathValue } from '../../control-plane/call.js';
import { badRequest, notFound } from '../../control-plane/errors.js';
import type { JsonObject } from '../../json.js';
import type { RoutingRuleState } from '../../model.js';

/** Page size: service model apigatewayv2, MaxResults 1 to 100; the default is not told. */
const MAX_RESULTS = 100;

/** On the wire of the second version of the API: names in camel case (service model apigatewayv2, RoutingRule). */
function ruleBody(call: Call, domainName: string, rule: RoutingRuleState): JsonObject {
  const { account } = call;
  const { id, priority, basePaths, headers, apiId, stage, stripBasePath } = rule;
  return {
    routingRuleId: id,
    routingRuleArn: `arn:${account.partition}:apigateway:${account.region}:${account.accountId}:/domainnames/${domainName}/routingrules/${id}`,
    priority,
    conditions: [
      ...(basePaths.length === 0 ? [] : [{ matchBasePaths: { anyOf: [...basePaths] } }]),
      ...headers.map(({ header, valueGlob }) => ({
        matchHeaders: { anyOf: [{ header, valueGlob }] },
      })),
    ],
    actions: [{ invokeApi: { apiId, stage, stripBasePath } }],
  };
}

function listRoutingRules(call: Call): Answer {
  const name = pathValue(call, 'domainName');
  const domain = call.account.domainNames.get(name);
  if (domain === undefined) throw notFound('Invalid domain name identifier specified');
  const limit = Number(call.query.get('maxResults') ?? MAX_RESULTS);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_RESULTS)
    throw badRequest('Invalid maxResults specified (text of the emulator)');
  const start = Number(call.query.get('nextToken') ?? 0);
  const rules = domain.rules ?? [];
  const end = start + limit;
  return {
    status: 200,
    body: {
      routingRules: rules.slice(start, end).map((rule) => ruleBody(call, name, rule)),
      nextToken: end < rules.length ? String(end) : undefined,
    },
  };
}

export const routingRuleHandlers: Handlers = { ListRoutingRules: listRoutingRules };
