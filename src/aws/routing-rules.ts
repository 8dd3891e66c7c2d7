import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { ApiGatewayV2Client, RoutingRule } from '@aws-sdk/client-apigatewayv2';

export type { RoutingRule } from '@aws-sdk/client-apigatewayv2';

/** A page of the routing rules of a custom domain name. */
export interface RoutingRulesPage {
  readonly items: RoutingRule[] | undefined;
  readonly position: string | undefined;
}

/** Largest page of ListRoutingRules (service model, MaxResults: 1 to 100). */
const PAGE_LIMIT = 100;

/**
 * Reads routing rules of REST APIs' custom domain names, which the second version of the API has alone
 * (API Gateway V2 API Reference, ListRoutingRules). Few accounts have any: its client is loaded when it
 * is used.
 *
 * @param client lends its region, credentials and connections.
 */
export function createRoutingRules(
  client: APIGatewayClient,
): (
  domainName: string,
  domainNameId: string | undefined,
  position: string | undefined,
) => Promise<RoutingRulesPage> {
  let opened: ApiGatewayV2Client | null = null;
  return async (domainName, domainNameId, position) => {
    const { ApiGatewayV2Client, ListRoutingRulesCommand } = await import(
      '@aws-sdk/client-apigatewayv2'
    );
    const { region, credentials, requestHandler } = client.config;
    opened ??= new ApiGatewayV2Client({ region, credentials, requestHandler, maxAttempts: 1 });
    const { RoutingRules, NextToken } = await opened.send(
      new ListRoutingRulesCommand({
        DomainName: domainName,
        DomainNameId: domainNameId,
        MaxResults: PAGE_LIMIT,
        NextToken: position,
      }),
    );
    return { items: RoutingRules, position: NextToken };
  };
}
