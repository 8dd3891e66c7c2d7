import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import {
  ApiGatewayV2Client,
  ListRoutingRulesCommand,
  type RoutingRule,
} from '@aws-sdk/client-apigatewayv2';

/** A page of the routing rules of a custom domain name. */
export interface RoutingRulesPage {
  readonly items: RoutingRule[] | undefined;
  readonly position: string | undefined;
}

/** Largest page of ListRoutingRules (service model, MaxResults: 1 to 100). */
const PAGE_LIMIT = 100;

/**
 * Reads routing rules of REST APIs' custom domain names, which the second version of the API has alone
 * (API Gateway V2 API Reference, ListRoutingRules).
 *
 * @param client lends its region, credentials and connections.
 */
export async function readRoutingRules(
  client: APIGatewayClient,
  domainName: string,
  domainNameId: string | undefined,
  position: string | undefined,
): Promise<RoutingRulesPage> {
  const { region, credentials, requestHandler } = client.config;
  const v2 = new ApiGatewayV2Client({ region, credentials, requestHandler, maxAttempts: 1 });
  const { RoutingRules, NextToken } = await v2.send(
    new ListRoutingRulesCommand({
      DomainName: domainName,
      DomainNameId: domainNameId,
      MaxResults: PAGE_LIMIT,
      NextToken: position,
    }),
  );
  return { items: RoutingRules, position: NextToken };
}
