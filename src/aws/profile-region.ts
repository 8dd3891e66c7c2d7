import { APIGatewayClient } from '@aws-sdk/client-api-gateway';

/**
 * The region of the AWS configuration's profile, as every client of the SDK finds it: `AWS_REGION`, then the
 * profile that `AWS_PROFILE` names (AWS SDKs and Tools Reference Guide, "AWS Region").
 *
 * @returns `''` where none is configured.
 */
export async function profileRegion(): Promise<string> {
  const client = new APIGatewayClient({});
  try {
    return await client.config.region();
  } catch {
    // "Region is missing", or a file that cannot be read: whoever needs a region says what is missing.
    return '';
  } finally {
    client.destroy();
  }
}
