import type { ApiGateway } from '../../../aws/api-gateway.js';
import { nextPosition } from '../../../aws/pages.js';
import { listReader, type ShippedReader } from '../shipped.js';

/**
 * What a deployment of a REST API ships besides methods and its resource policy: changes of these take
 * effect only once they are deployed (API Gateway Developer Guide, "Updates to REST APIs that require
 * redeployment").
 */
export function shippedOfRest(apiId: string, apiGateway: ApiGateway): ShippedReader[] {
  return [
    {
      names: [
        'binary media types',
        'smallest size to compress',
        'source of API keys',
        'default endpoint',
      ],
      call: 'GetRestApi',
      read: async () => {
        const now = await apiGateway.getRestApi(apiId);
        return [
          now.binaryMediaTypes?.toSorted() ?? [],
          now.minimumCompressionSize,
          now.apiKeySource,
          now.disableExecuteApiEndpoint ?? false,
        ];
      },
    },
    {
      names: ['gateway responses'],
      call: 'GetGatewayResponses',
      read: async () => [sortedByType(await apiGateway.getGatewayResponses(apiId))],
    },
    list('models', 'GetModels', (position) => apiGateway.getModelsPage(apiId, position)),
    list('request validators', 'GetRequestValidators', (position) =>
      apiGateway.getRequestValidatorsPage(apiId, position),
    ),
    list('authorizers', 'GetAuthorizers', (position) =>
      apiGateway.getAuthorizersPage(apiId, position),
    ),
  ];
}

function list(
  name: string,
  call: string,
  readPage: (position: string | undefined) => Promise<{
    readonly items?: readonly unknown[] | undefined;
    readonly position?: string | undefined;
  }>,
): ShippedReader {
  return listReader(name, call, readPage, nextPosition, ({ items }) => items ?? []);
}

function sortedByType<T extends { readonly responseType?: string | undefined }>(
  responses: readonly T[],
): T[] {
  return responses.toSorted((a, b) => ((a.responseType ?? '') < (b.responseType ?? '') ? -1 : 1));
}
