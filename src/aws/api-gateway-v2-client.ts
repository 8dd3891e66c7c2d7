import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import type { ClientSettings } from './client-settings.js';
import { RestJsonProtocol } from './rest-json.js';

/** A client of API Gateway's second version; the module is loaded by runs that read HTTP or WebSocket APIs. */
export function createApiGatewayV2Client(settings: ClientSettings): ApiGatewayV2Client {
  const client = new ApiGatewayV2Client({ ...settings, protocol: RestJsonProtocol });
  // It copies every answer for a log that the gate does not keep.
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
