import type { ApiGateway } from '../../../src/aws/api-gateway.js';
import { AwsFailure } from '../../../src/aws/failure.js';
import { serviceError } from '../aws/sdk-error.js';

/** A control plane that refuses every call but those that a test answers, and counts them. */
export function apiGatewayThat(answers: Partial<ApiGateway>): ApiGateway & { calls: string[] } {
  const calls: string[] = [];
  const wrap = <A extends unknown[], T>(
    name: string,
    answer: ((...args: A) => Promise<T>) | undefined,
  ) => {
    return async (...args: A): Promise<T> => {
      calls.push(
        [name, ...args.map((it) => (typeof it === 'string' ? it : JSON.stringify(it)))]
          .join(' ')
          .trim(),
      );
      if (answer === undefined) throw new Error(`the test expects no ${name}`);
      return answer(...args);
    };
  };
  return {
    calls,
    getRestApi: wrap('getRestApi', answers.getRestApi),
    getRestApisPage: wrap('getRestApisPage', answers.getRestApisPage),
    getResourcesPage: wrap('getResourcesPage', answers.getResourcesPage),
    getMethod: wrap('getMethod', answers.getMethod),
    getStages: wrap('getStages', answers.getStages),
    getStage: wrap('getStage', answers.getStage),
    getExport: wrap('getExport', answers.getExport),
    getDeployment: wrap('getDeployment', answers.getDeployment),
    getDeploymentsPage: wrap('getDeploymentsPage', answers.getDeploymentsPage),
    getGatewayResponses: wrap('getGatewayResponses', answers.getGatewayResponses),
    getDomainNamesPage: wrap('getDomainNamesPage', answers.getDomainNamesPage),
    getBasePathMappingsPage: wrap('getBasePathMappingsPage', answers.getBasePathMappingsPage),
    getRoutingRulesPage: wrap('getRoutingRulesPage', answers.getRoutingRulesPage),
    updateMethod: wrap('updateMethod', answers.updateMethod),
    createDeployment: wrap('createDeployment', answers.createDeployment),
    deleteDeployment: wrap('deleteDeployment', answers.deleteDeployment),
    updateStage: wrap('updateStage', answers.updateStage),
  };
}

/** Metadata that the SDK puts beside an answer. */
export const META = { $metadata: {} };

export function notFound(
  operation: string,
  words = 'Invalid API identifier specified',
): AwsFailure {
  return new AwsFailure(operation, serviceError('NotFoundException', 404, words), 1);
}

export function throttled(operation: string): AwsFailure {
  return new AwsFailure(operation, serviceError('TooManyRequestsException', 429), 8);
}
