import type { JsonObject } from '../../json.js';
import type { BasePathMappingState, DomainNameState } from '../../model.js';
import { endpointSuffix } from '../endpoint.js';
import { type Answer, type Call, domainOf, type Handlers, page } from './call.js';

/** The names of routing modes differ from those of the first version (service models, RoutingMode). */
const ROUTING_MODES = {
  BASE_PATH_MAPPING_ONLY: 'API_MAPPING_ONLY',
  ROUTING_RULE_ONLY: 'ROUTING_RULE_ONLY',
  ROUTING_RULE_THEN_BASE_PATH_MAPPING: 'ROUTING_RULE_THEN_API_MAPPING',
} as const;

/** The same domain names as those of the first version. */
function domainNameBody({ account }: Call, domain: DomainNameState): JsonObject {
  const { name, endpointTypes } = domain;
  return {
    apiMappingSelectionExpression: '$request.basepath',
    domainName: name,
    domainNameArn: `arn:${account.partition}:apigateway:${account.region}::/domainnames/${name}`,
    domainNameConfigurations: endpointTypes.map((endpointType) => ({
      apiGatewayDomainName: `d-${name.replace(/[^a-z0-9]/g, '')}.${endpointSuffix(account)}`,
      domainNameStatus: 'AVAILABLE',
      endpointType,
      ipAddressType: 'ipv4',
      securityPolicy: 'TLS_1_2',
    })),
    routingMode: ROUTING_MODES[domain.routingMode ?? 'BASE_PATH_MAPPING_ONLY'],
    tags: {},
  };
}

function getDomainNames(call: Call): Answer {
  const domains = [...call.account.domainNames.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    status: 200,
    body: page(
      call,
      domains,
      ({ name }) => name,
      (domain) => domainNameBody(call, domain),
    ),
  };
}

function getDomainName(call: Call): Answer {
  return { status: 200, body: domainNameBody(call, domainOf(call)) };
}

/** The key of the name itself is empty. A mapping without stage is of the first version alone. */
function mappingBody({ basePath, apiId, stage }: BasePathMappingState): JsonObject {
  return { apiId, apiMappingId: mappingId(basePath), apiMappingKey: keyOf(basePath), stage };
}

function keyOf(basePath: string): string {
  return basePath === '(none)' ? '' : basePath;
}

function mappingId(basePath: string): string {
  return Buffer.from(basePath).toString('hex').padEnd(6, '0').slice(0, 6);
}

function getApiMappings(call: Call): Answer {
  return {
    status: 200,
    body: page(
      call,
      // Whether this version lists the mappings of the first one, nobody has written down either.
      domainOf(call).mappings.filter(({ listedBy }) => listedBy !== 'first'),
      ({ basePath }) => basePath,
      mappingBody,
    ),
  };
}

export const domainNameHandlers: Handlers = {
  GetDomainNames: getDomainNames,
  GetDomainName: getDomainName,
  GetApiMappings: getApiMappings,
};
