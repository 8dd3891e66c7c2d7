import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { CloudFormation } from '../../aws/cloudformation.js';
import type { ApiKind } from '../../model/api-kind.js';
import type { Reading } from '../../model/evidence.js';
import { isApiId } from '../../model/selector.js';
import { reading } from '../reading.js';

/** An API of a stack. `kind` is `null` where its type leaves it open: HTTP or WEBSOCKET. */
export interface StackApi {
  readonly logicalId: string;
  readonly id: string;
  readonly kind: ApiKind | null;
}

/** What a stack holds, as far as it is about APIs. */
export interface StackContent {
  /** Those of its nested stacks, too. */
  readonly apis: readonly StackApi[];
  /** Logical ids of APIs that are only being created. */
  readonly unfinished: readonly string[];
}

/** What AWS::Serverless::Api and its like are made into is one of these. */
const KINDS: Readonly<Record<string, ApiKind | null>> = {
  'AWS::ApiGateway::RestApi': 'REST',
  'AWS::ApiGatewayV2::Api': null,
};

const NESTED = 'AWS::CloudFormation::Stack';

/**
 * Reads a stack and the stacks that are nested in it.
 *
 * @param logicalId of one API, or of one nested stack; `null` for the whole stack.
 * @returns the content; `null` where there is no such stack.
 */
export function readStack(
  stack: string,
  logicalId: string | null,
  cloudFormation: () => Promise<CloudFormation>,
): Promise<Reading<StackContent | null>> {
  return reading('ListStackResources', async () => {
    const { listStackResources } = await cloudFormation();
    const read = async (name: string, wanted: string | null): Promise<StackContent | null> => {
      const resources = await listStackResources(name);
      if (resources === null) return null;
      const inScope = resources.filter(
        ({ LogicalResourceId: own, ResourceStatus: status }) =>
          status !== 'DELETE_COMPLETE' && (wanted === null || own === wanted),
      );
      const nested = await Promise.all(
        inScope
          .filter(({ ResourceType }) => ResourceType === NESTED)
          .flatMap(({ PhysicalResourceId: arn }) => (arn ? [read(arn, null)] : [])),
      );
      return together([apisOf(inScope), ...nested.filter((it) => it !== null)]);
    };
    return read(stack, logicalId);
  });
}

function apisOf(resources: readonly StackResourceSummary[]): StackContent {
  const apis: StackApi[] = [];
  const unfinished: string[] = [];
  for (const resource of resources) {
    const { LogicalResourceId: logicalId = '', PhysicalResourceId: id = '' } = resource;
    const kind = KINDS[resource.ResourceType ?? ''];
    if (kind === undefined) {
      if (resource.ResourceType === NESTED && id === '') unfinished.push(logicalId);
    } else if (isApiId(id)) apis.push({ logicalId, id, kind });
    // What could not be created is not there.
    else if (resource.ResourceStatus !== 'CREATE_FAILED') unfinished.push(logicalId);
  }
  return { apis, unfinished };
}

function together(parts: readonly StackContent[]): StackContent {
  return {
    apis: parts.flatMap(({ apis }) => apis),
    unfinished: parts.flatMap(({ unfinished }) => unfinished),
  };
}
