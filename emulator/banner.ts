import type { Emulator } from './server.js';

/**
 * The lines that a shell can take over, then where each stage answers. AWS CLI 1 and boto3 read the
 * region from `AWS_DEFAULT_REGION` alone, other SDKs from `AWS_REGION` (AWS SDKs and Tools Reference
 * Guide, "AWS Region"); all of them know `AWS_ENDPOINT_URL`.
 */
export function banner({ env, account, url }: Emulator): string {
  const variables = { ...env, AWS_DEFAULT_REGION: account.region };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${value}`);
  for (const api of account.apis.values())
    for (const stageName of api.stages.keys())
      lines.push(`# ${JSON.stringify(api.name)} ${url}/${api.id}/${stageName}`);
  for (const api of account.v2.apis.values()) {
    const base = api.protocolType === 'HTTP' ? url : url.replace(/^http/, 'ws');
    for (const stageName of api.stages.keys())
      lines.push(
        `# ${JSON.stringify(api.name)} ${base}/${api.apiId}${stageName === '$default' ? '' : `/${stageName}`}`,
      );
  }
  return lines.join('\n');
}
