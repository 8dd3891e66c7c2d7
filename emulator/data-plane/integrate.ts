import type { WireResponse } from '../http.js';
import type { IntegrationState } from '../model.js';
import type { BackendRequest } from './backend-request.js';
import type { Fault } from './fault.js';
import { callHttp, passThroughHttp } from './http-integration.js';
import { mapResponse } from './integration-response.js';
import { mockStatus } from './mock-integration.js';

/**
 * Answers with a method's backend.
 *
 * Lambda functions and AWS services do not run here: AWS_PROXY answers 200 with a JSON echo of method
 * and path, AWS sends the same through the integration's responses.
 */
export async function integrate(
  integration: IntegrationState,
  backend: BackendRequest,
): Promise<WireResponse | Fault> {
  switch (integration.type) {
    case 'MOCK': {
      const status = mockStatus(integration, backend.request);
      if (typeof status === 'object') return status;
      return mapResponse(integration, backend.request, { status, headers: {}, body: '' });
    }
    case 'HTTP_PROXY':
      return passThroughHttp(integration, backend);
    case 'HTTP':
      return callHttp(integration, backend);
    case 'AWS_PROXY':
      return echo(backend);
    case 'AWS':
      return mapResponse(integration, backend.request, echo(backend));
  }
}

function echo({ request, path }: BackendRequest): WireResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ emulated: true, httpMethod: request.method, path }),
  };
}
