import type { JsonObject } from '../json.js';
import type { DomainNameState } from '../model.js';
import { type Answer, type Call, type Handlers, pathValue } from './call.js';
import { notFound } from './errors.js';
import { page } from './page.js';

/** A custom domain name on the wire, by the service model's DomainName; certificates are not modelled. */
function domainNameBody(call: Call, domain: DomainNameState): JsonObject {
  const { name, endpointTypes } = domain;
  const target = `d-${name.replace(/[^a-z0-9]/g, '')}.execute-api.${call.account.region}.amazonaws.com`;
  return {
    domainName: name,
    domainNameStatus: 'AVAILABLE',
    endpointConfiguration: { types: [...endpointTypes], ipAddressType: 'ipv4' },
    routingMode: domain.routingMode ?? 'BASE_PATH_MAPPING_ONLY',
    securityPolicy: 'TLS_1_2',
    ...(endpointTypes.includes('REGIONAL') ? { regionalDomainName: target } : {}),
    ...(endpointTypes.includes('EDGE')
      ? { distributionDomainName: 'd111111abcdef8.cloudfront.net' }
      : {}),
  };
}

/** The 404 text is not recorded; clients report this one. */
function domainOf(call: Call): DomainNameState {
  const domain = call.account.domainNames.get(pathValue(call, 'domain_name'));
  if (domain === undefined) throw notFound('Invalid domain name identifier specified');
  return domain;
}

function getDomainNames(call: Call): Answer {
  const names = [...call.account.domainNames.keys()].sort();
  return {
    status: 200,
    body: page(
      call,
      names.flatMap((name) => call.account.domainNames.get(name) ?? []),
      ({ name }) => name,
      (domain) => domainNameBody(call, domain),
    ),
  };
}

function getDomainName(call: Call): Answer {
  return { status: 200, body: domainNameBody(call, domainOf(call)) };
}

function getBasePathMappings(call: Call): Answer {
  return {
    status: 200,
    body: page(
      call,
      // Whether this version lists the mappings of the other one, nobody has written down: it is a switch.
      domainOf(call).mappings.filter(({ listedBy }) => listedBy !== 'second'),
      ({ basePath }) => basePath,
      ({ basePath, apiId, stage }) => ({ basePath, restApiId: apiId, stage }),
    ),
  };
}

export const domainNameHandlers: Handlers = {
  GetDomainNames: getDomainNames,
  GetDomainName: getDomainName,
  GetBasePathMappings: getBasePathMappings,
};
