import { remedyOfRefusal } from './denied.js';
import type { EndpointVariable } from './endpoint-variable.js';
import type { FailureKind } from './failure-kind.js';
import { isIamCall, listingServiceOf, missingStatement } from './missing-right.js';

/** What is known of the run besides the call; the remedy depends on it. */
export interface Circumstances {
  /** What to do about missing credentials, where the event that started the run is why they miss. */
  readonly onMissingCredentials?: string | null;
  /** The region's partition, such as `aws-cn`; without it, `aws`. */
  readonly partition?: string;
  /** The SDK's variables that say where AWS is called, as far as they are set. */
  readonly endpointVariables?: readonly EndpointVariable[];
  readonly region?: string;
  /** Where the call is one of API Gateway's second version: some calls of the two have one name. */
  readonly service?: 'apigatewayv2';
  /** What the call was about, as its log has it, such as `a1b2c3d4e5 prod`. */
  readonly subject?: string;
}

/** A failed call, as far as it decides what to do. */
interface FailedCall {
  readonly kind: FailureKind;
  readonly operation: string;
  readonly code: string;
  readonly detail: string;
}

/**
 * What to change so that a call succeeds, in one sentence.
 *
 * @param isForeign whether something answered in the place of AWS.
 */
export function remedyOf(
  { kind, operation, code, detail }: FailedCall,
  isForeign: boolean,
  circumstances: Circumstances,
): string {
  const variable = variableOf(operation, circumstances);
  switch (kind) {
    case 'no-credentials':
      if (circumstances.onMissingCredentials) return circumstances.onMissingCredentials;
      return 'Add a step with aws-actions/configure-aws-credentials before this one, and `permissions: id-token: write` to the job. A pull request from a fork gets no credentials at all.';
    case 'invalid-credentials':
      return 'Check the access key and session token of the step, that they belong to the partition of the region, and that the account has the region enabled.';
    case 'not-subscribed':
      return 'Enable the region for the account, or finish the sign-up of the account, then run the job again.';
    case 'malformed-credentials':
      return 'Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN again, without blanks or line breaks that were copied with them.';
    case 'invalid-proxy':
      return 'Correct HTTPS_PROXY or HTTP_PROXY: a URL such as http://proxy.example.com:3128, in which other characters than letters and digits of a user and password are percent-encoded.';
    case 'proxy-login':
      return 'Put the user and password of the proxy into HTTPS_PROXY and HTTP_PROXY, percent-encoded, as in http://USER:PASSWORD@proxy.example.com:3128, or correct those that are there.';
    case 'wrong-secret':
      return 'Set AWS_SECRET_ACCESS_KEY to the secret that was issued with AWS_ACCESS_KEY_ID, without blanks or line breaks around it.';
    case 'wrong-scope':
      return variable === null
        ? 'Set region to the region of the endpoint that is called.'
        : `Point ${variable} to the endpoint of the region, or leave it out: AWS's own endpoint is the default.`;
    case 'expired-credentials':
      return 'Run aws-actions/configure-aws-credentials right before this step, or raise its role-duration-seconds.';
    case 'access-denied':
      return (
        remedyOfRefusal(detail) ??
        `Allow it with this statement: ${JSON.stringify(missingStatement(operation, circumstances))}`
      );
    case 'clock-skew':
      return "Set the runner's clock (NTP): AWS refuses signatures more than five minutes off.";
    case 'not-found':
      return 'Check the id and the region.';
    case 'conflict':
      return 'Run the job again when no other deployment is under way.';
    case 'throttled':
      if (isIamCall(operation)) return 'Run the job again when less is asked of IAM.';
      if (operation === 'ListStackResources') {
        return 'Run the job again when less is asked of CloudFormation.';
      }
      if (listingServiceOf(operation) !== null || operation.startsWith('AssumeRole')) {
        return 'Run the job again in a few minutes.';
      }
      return "The account's API Gateway quota (10 requests a second) is shared by everything in the region: run the audit at another time, or audit fewer APIs a job.";
    case 'unavailable':
      return isForeign
        ? `Run the job again; if it stays, check ${variable ?? 'the proxy of the runner (HTTPS_PROXY)'}: the answer did not come from AWS.`
        : 'Run the job again; if it stays, see the AWS Health Dashboard.';
    case 'untrusted-certificate':
      return certificateRemedy(variable, code);
    case 'not-aws':
      return variable === null
        ? 'Let the proxy of the runner (HTTPS_PROXY) pass requests to AWS on, or name AWS in NO_PROXY.'
        : `Point ${variable} to an endpoint of AWS, or leave it out: AWS's own endpoint is the default.`;
    case 'network':
      if (variable !== null) {
        return `Check ${variable}, which says where AWS is called, and that the runner can reach that address.`;
      }
      return 'Check the region, the proxy (HTTPS_PROXY, HTTP_PROXY and NO_PROXY are honoured) and that the runner can reach AWS.';
    case 'refused':
    case 'unintelligible':
      // AWS's own words name the quota.
      if (isIamCall(operation) && code.startsWith('LimitExceeded')) {
        return 'Delete policies, versions or attachments that nobody needs, or have the quota raised in Service Quotas where IAM allows that.';
      }
      return 'Run the job again; if it stays, open an issue with this message.';
  }
}

function certificateRemedy(variable: EndpointVariable | null, code: string): string {
  const whose = variable === null ? 'the endpoint or the proxy' : `the endpoint in ${variable}`;
  if (/ALTNAME|HOSTNAME/.test(code)) {
    return variable === null
      ? 'Its certificate is for another host: check the proxy of the runner.'
      : `Its certificate is for another host: put a host name that it covers into ${variable}.`;
  }
  if (/EXPIRED|NOT_YET_VALID/.test(code)) {
    return `Renew the certificate of ${whose}, or set the runner's clock if that is wrong.`;
  }
  return `Set NODE_EXTRA_CA_CERTS in the step's env to a file with the certificate authority of ${whose}.`;
}

/** The variable that decides where a call goes; `null` where AWS's own endpoint is called. */
function variableOf(
  operation: string,
  { service, endpointVariables: set = [] }: Circumstances,
): EndpointVariable | null {
  const listing = listingServiceOf(operation);
  const own =
    listing !== null
      ? (`AWS_ENDPOINT_URL_${listing}` as const)
      : operation.startsWith('AssumeRole') || operation === 'GetCallerIdentity'
        ? 'AWS_ENDPOINT_URL_STS'
        : isIamCall(operation)
          ? 'AWS_ENDPOINT_URL_IAM'
          : service === 'apigatewayv2'
            ? 'AWS_ENDPOINT_URL_APIGATEWAYV2'
            : operation === 'ListStackResources'
              ? 'AWS_ENDPOINT_URL_CLOUDFORMATION'
              : 'AWS_ENDPOINT_URL_API_GATEWAY';
  if (set.includes(own)) return own;
  return set.includes('AWS_ENDPOINT_URL') ? 'AWS_ENDPOINT_URL' : null;
}
