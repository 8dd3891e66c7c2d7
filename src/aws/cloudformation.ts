import {
  type CloudFormationClient,
  ListStackResourcesCommand,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { AwsFailure } from './failure.js';
import { pages } from './pages.js';
import { type RetrySettings, withRetries } from './retry.js';

/** The calls of CloudFormation that the gate makes. */
export interface CloudFormation {
  /**
   * Every resource of a stack, those of its nested stacks not included.
   *
   * @param stack its name or its ARN; a deleted one is known by its ARN alone.
   * @returns `null` where there is no such stack.
   * @throws AwsFailure
   */
  listStackResources(stack: string): Promise<readonly StackResourceSummary[] | null>;
}

/**
 * CloudFormation over the SDK. `DescribeStackResources` would answer in one call, and leaves out what is
 * beyond the first 100 resources (CloudFormation API Reference, DescribeStackResources).
 */
export function createCloudFormation(
  client: () => Promise<CloudFormationClient>,
  retries: RetrySettings,
): CloudFormation {
  const readPage = async (stack: string, token: string | undefined) => {
    const loaded = await client();
    const call = { operation: 'ListStackResources', subject: nameOf(stack), idempotent: true };
    const command = new ListStackResourcesCommand({ StackName: stack, NextToken: token });
    return withRetries(call, () => loaded.send(command), retries);
  };
  return {
    listStackResources: async (stack) => {
      try {
        const found: StackResourceSummary[] = [];
        const read = (token: string | undefined) => readPage(stack, token);
        for await (const page of pages('ListStackResources', read, ({ NextToken }) => NextToken)) {
          if (page.StackResourceSummaries === undefined) {
            const why = 'the answer holds no list of resources';
            throw new AwsFailure('ListStackResources', new Error(why), 1);
          }
          found.push(...page.StackResourceSummaries);
        }
        return found;
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
  };
}

/** CloudFormation has no error of its own for it: ValidationError, "Stack with id … does not exist". */
function isMissing(error: unknown): boolean {
  return (
    error instanceof AwsFailure &&
    error.code === 'ValidationError' &&
    /does not exist/i.test(error.detail)
  );
}

/** The name in a stack's ARN, which holds the account's id besides. */
function nameOf(stack: string): string {
  return /:stack\/([^/]+)/.exec(stack)?.[1] ?? stack;
}
