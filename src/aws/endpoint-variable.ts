/** The SDK's own variables for where a service is called (AWS SDKs and Tools Reference Guide, "Service-specific endpoints"). */
const ENDPOINT_VARIABLES = [
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_API_GATEWAY',
  'AWS_ENDPOINT_URL_APIGATEWAYV2',
  'AWS_ENDPOINT_URL_CLOUDFORMATION',
  'AWS_ENDPOINT_URL_IAM',
  'AWS_ENDPOINT_URL_STS',
  'AWS_ENDPOINT_URL_ORGANIZATIONS',
  'AWS_ENDPOINT_URL_ACCOUNT',
] as const;

export type EndpointVariable = (typeof ENDPOINT_VARIABLES)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** Those that are set. */
export function endpointVariablesIn(environment: Environment): EndpointVariable[] {
  return ENDPOINT_VARIABLES.filter((name) => (environment[name] ?? '') !== '');
}

/** What is wrong with the values of those that are set, a sentence each. */
export function problemsOfEndpoints(environment: Environment): string[] {
  return endpointVariablesIn(environment)
    .filter((name) => !isHttpUrl(environment[name] ?? ''))
    .map(
      (name) =>
        `${name}: its value is not a URL that begins with https:// (or http://). Mend it, or leave the variable out: AWS's own endpoint is the default.`,
    );
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
