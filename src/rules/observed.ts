import type { AnswerKind, SettledAnswer } from '../smoke/answer.js';
import type { Observation } from '../smoke/smoke-test.js';
import type { Subject } from './finding.js';

/** What an observation is about. */
export function subjectOf({ row }: Observation): Subject {
  return {
    api: row.api.id,
    stage: row.stage?.name ?? null,
    method: row.method,
    path: row.path,
  };
}

/** Cause and remedy of an answer, in a sentence each. */
export interface Explanation {
  readonly cause: string;
  readonly remedy: string;
}

/** What each kind of answer most likely means to whoever sent the request. */
export const EXPLANATIONS: Readonly<Record<AnswerKind, Explanation>> = {
  accepted: { cause: 'it was accepted', remedy: 'Nothing is to be done.' },
  redirected: {
    cause: 'the backend answered with a redirect, which is not followed',
    remedy: 'Probe an endpoint that answers by itself.',
  },
  'integration-failure': {
    cause: 'it got past authorization and the integration failed',
    remedy: "Look at the integration and at the backend's log.",
  },
  'missing-token': {
    cause:
      'API Gateway found no such method at this address (it gives the same answer to an unsigned request)',
    remedy: 'Check endpoint-url: its path must end where the stage begins.',
  },
  denied: {
    cause: 'no policy allows the caller to invoke it, or one denies it',
    remedy:
      'Allow execute-api:Invoke on the method to the signing identity, set invoke-role-arn to a role that callers use, or turn smoke-test off.',
  },
  'wrong-signature': {
    cause: 'the signature did not match',
    remedy: 'Check the secret key, and that nothing between changes the Host header or the path.',
  },
  'clock-skew': {
    cause: "the runner's clock is more than five minutes off",
    remedy: "Set the runner's clock (NTP).",
  },
  'unknown-key': {
    cause: 'AWS does not know the access key or the session token',
    remedy: 'Check that the credentials belong to the partition and are still there.',
  },
  'expired-token': {
    cause: 'the credentials have expired',
    remedy: 'Fetch credentials right before this step, or raise role-duration-seconds.',
  },
  'incomplete-signature': {
    cause: 'the Authorization header was not understood',
    remedy: 'Check that no proxy rewrites the header.',
  },
  'wrong-scope': {
    cause: 'it was signed for another region or service',
    remedy: "Set region to the API's own.",
  },
  forbidden: {
    cause:
      'API Gateway forbade it: a WAF rule, a missing API key, a private API under its public name, a disabled default endpoint or an unknown stage',
    remedy: 'Check these in turn; where a custom domain is meant, set endpoint-url.',
  },
  unauthorized: {
    cause: 'an authorizer that is not IAM refused it',
    remedy: 'Check which authorizer serves the method, and redeploy.',
  },
  throttled: {
    cause: 'it was throttled',
    remedy: "Raise the stage's throttling limits, or run when there is less traffic.",
  },
  'unlabelled-error': {
    cause:
      "an error came that carries no x-amzn-ErrorType, so it is the backend's or a rewritten one",
    remedy: 'Make the method answer 2xx to the probe, or leave it out of smoke-methods.',
  },
  'unknown-error': {
    cause: 'API Gateway gave an error that the gate does not know',
    remedy: 'Open an issue with this message.',
  },
  'not-api-gateway': {
    cause: 'something that is not API Gateway answered',
    remedy: 'Check endpoint-url, and whether a proxy or CDN stands in front of the API.',
  },
  unreachable: {
    cause: 'no answer came',
    remedy:
      'Check that the runner can reach the endpoint (a private API answers inside its VPC alone) and that its name resolves.',
  },
  'no-credentials': {
    cause: 'there were no credentials to sign with',
    remedy: 'Check invoke-role-arn and its trust policy.',
  },
};

/** An answer in words: its cause, its status, and what the endpoint itself said. */
export function inWords(answer: SettledAnswer): string {
  const status = answer.status === null ? '' : `status ${answer.status}`;
  const facts = [status, answer.detail].filter((it) => it !== '').join(': ');
  return `${EXPLANATIONS[answer.kind].cause}${facts === '' ? '' : ` (${facts})`}`;
}
