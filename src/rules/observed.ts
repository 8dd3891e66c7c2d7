import { remedyOfRefusal } from '../aws/denied.js';
import { nameOfKind } from '../model/api-kind.js';
import type { Subject } from '../model/finding.js';
import {
  type AnswerKind,
  isPastAuthorization,
  isToSignature,
  type SettledAnswer,
} from '../probe/answer.js';
import { invokeArnOf } from '../probe/endpoint.js';
import { eachVerb, type Observation } from '../probe/observation.js';
import { isUnauthorizedBehindIam } from '../probe/proof.js';

/** What an observation is about. */
export function subjectOf({ row }: Observation): Subject {
  return {
    api: row.api.id,
    stage: row.stage?.name ?? null,
    method: row.method,
    path: row.path,
  };
}

/** The verb that was sent, after "request" in a sentence, where several were: ` (GET)`. */
export function verbIn({ verbs }: Observation, { sentAs }: SettledAnswer): string {
  return verbs === undefined ? '' : ` (${sentAs})`;
}

/** A sentence an answer; verbs that were answered alike share one, which names them all. */
export function sentencesOn(
  answers: readonly SettledAnswer[],
  sentence: (answer: SettledAnswer) => string,
): string {
  const alike = new Map<string, SettledAnswer>();
  for (const answer of answers) {
    const key = sentence({ ...answer, sentAs: '' });
    const known = alike.get(key);
    const sentAs = known === undefined ? answer.sentAs : `${known.sentAs}, ${answer.sentAs}`;
    alike.set(key, { ...answer, sentAs });
  }
  return [...alike.values()].map(sentence).join(' ');
}

/** Cause and remedy of an answer, in a sentence each. */
export interface Explanation {
  readonly cause: string;
  readonly remedy: string;
}

/** What each kind of answer most likely means to the caller. */
export const EXPLANATIONS: Readonly<Record<AnswerKind, Explanation>> = {
  accepted: { cause: 'it was accepted', remedy: 'Nothing is to be done.' },
  redirected: {
    cause: 'the backend answered with a redirect, which is not followed',
    remedy: 'Probe an endpoint that answers by itself.',
  },
  'backend-error': {
    cause: 'it was let in, and the backend itself answered with an error',
    remedy: "Look at the backend's log.",
  },
  'invalid-request': {
    cause:
      'it was let in, and then found to fit the method badly (a request validator, or another media type)',
    remedy:
      'Give the request the parameters, headers or body that the method asks for, in the smoke section of the policy file.',
  },
  'integration-failure': {
    cause: 'it got past authorization and the integration failed',
    remedy: "Look at the integration and at the backend's log.",
  },
  'missing-token': {
    cause:
      'API Gateway found no such method at this address (it gives the same answer to an unsigned request)',
    remedy:
      'If endpoint-url is set, its path must end where the stage begins. Otherwise the stage does not serve the method: deploy the API to it.',
  },
  denied: {
    cause: 'no policy allows the caller to invoke it, or one denies it',
    remedy:
      'Allow execute-api:Invoke on the method to the signing identity, set invoke-role-arn to a role that callers use, or turn smoke-test off.',
  },
  'wrong-signature': {
    cause: 'the signature did not match',
    remedy:
      'Check the secret key: it must belong to the access key. Where that is right, something between changes the Host header or the path.',
  },
  'clock-skew': {
    cause: "this machine's clock is more than five minutes off",
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
  'maybe-waf': {
    cause: 'AWS WAF may have answered in the place of the method, which a backend can imitate',
    remedy:
      "Let the web ACL let the gate's requests through: put a rule before the one that answers (Challenge, CAPTCHA, or Block with a custom response) that allows the runner's addresses by an IP set, or run the gate from addresses that it allows. The stage's access log tells who answered ($context.wafResponseCode, $context.integration.status). Or set smoke-test: false.",
  },
  refused: {
    cause:
      'it was refused without a reason, as HTTP and WebSocket APIs do: by API Gateway for want of a good signature or of the right to call, before that by a custom domain name without a mapping or a stage that is not there, or by the backend itself',
    remedy:
      "Look at the stage's access log ($context.authorizer.error, $context.integration.status) for the reason.",
  },
  unauthorized: {
    cause: 'an authorizer that is not IAM refused it',
    remedy: 'Check which authorizer serves the method, and redeploy.',
  },
  'authorizer-failure': {
    cause: 'an authorizer that is not IAM stands before the method, and failed',
    remedy: 'Check which authorizer serves the method, and redeploy.',
  },
  'no-such-method': {
    cause: 'API Gateway has no such method at this address',
    remedy:
      'If endpoint-url is set, its path must end where the stage begins. Otherwise the stage does not serve the method, or no longer: deploy the API to it, or run again once a deployment is over.',
  },
  'request-too-large': {
    cause: 'API Gateway found the request too large',
    remedy: 'Give it a smaller sample in the smoke section of the policy file.',
  },
  throttled: {
    cause: 'it was throttled',
    remedy: "Raise the stage's throttling limits, or run when there is less traffic.",
  },
  'unlabelled-error': {
    cause:
      'an error came without x-amzn-ErrorType that reads like one of API Gateway, so it is not known who sent it',
    remedy:
      'Let the CDN or proxy before the API keep the x-amzn- headers, or give the request a sample that the backend serves.',
  },
  'unknown-error': {
    cause: 'an error came that is none of the API Gateway errors that the gate knows',
    remedy:
      'Redeploy where gateway responses were changed and not deployed; otherwise open an issue with this message.',
  },
  'not-api-gateway': {
    cause: 'something that is not API Gateway answered',
    remedy: 'Check endpoint-url, and whether a proxy or CDN stands in front of the API.',
  },
  'name-not-resolved': {
    cause: "the endpoint's name does not resolve",
    remedy:
      "Check the API's id, the region and endpoint-url; the name of a private API resolves inside its VPC alone.",
  },
  'tls-failure': {
    cause: 'no trusted TLS connection could be made',
    remedy:
      "Check the certificate of the custom domain name, and whether a proxy inspects TLS (its certificate authority goes into NODE_EXTRA_CA_CERTS) or the name asks for the client's certificate.",
  },
  unreachable: {
    cause: 'no answer came',
    remedy:
      'Check that the runner can reach the endpoint, through HTTPS_PROXY where it must; a private API answers inside its VPC alone.',
  },
  'out-of-time': {
    cause: 'smoke-timeout was over before it was answered',
    remedy: 'Raise smoke-timeout, or ask less: fewer APIs a job, fewer smoke-methods.',
  },
  'no-credentials': {
    cause: 'there were no credentials to sign with',
    remedy: 'Check the credentials of the step, and invoke-role-arn where it is set.',
  },
};

/** What is wrong with a certificate by its code (Node.js, "TLS: X509 certificate error codes"). */
const TLS_REMEDIES: readonly { readonly codes: RegExp; readonly explanation: Explanation }[] = [
  {
    codes: /SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|CERT_UNTRUSTED/,
    explanation: {
      cause: 'nobody whom the runner trusts has signed the certificate',
      remedy:
        "Put the file of the certificate authority that signed it (the proxy's, where one inspects TLS) into NODE_EXTRA_CA_CERTS.",
    },
  },
  {
    codes: /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/,
    explanation: {
      cause: 'the certificate is not valid today',
      remedy: "Renew the custom domain name's certificate, or set the runner's clock (NTP).",
    },
  },
  {
    codes: /ALTNAME_INVALID|HOSTNAME_MISMATCH/,
    explanation: {
      cause: 'the certificate is for another name',
      remedy: 'Set endpoint-url to the name that the certificate has.',
    },
  },
];

function explainTls({ detail }: SettledAnswer): Explanation {
  const found = TLS_REMEDIES.find(({ codes }) => codes.test(detail));
  return found?.explanation ?? EXPLANATIONS['tls-failure'];
}

/** Cause and remedy of an answer to what was observed; a denied caller gets the smallest statement that helps. */
export function explain(answer: SettledAnswer, observation: Observation): Explanation {
  const { row, region } = observation;
  const explanation = EXPLANATIONS[answer.kind];
  if (answer.remedy !== undefined) return { ...explanation, remedy: answer.remedy };
  if (answer.kind === 'tls-failure') return explainTls(answer);
  const isRefused =
    answer.kind === 'refused' && eachVerb(observation).some(({ signed }) => signed === answer);
  if (answer.kind !== 'denied' && !isRefused) return explanation;
  // The ends of these messages vary: only which policy one names, and whether it denies, decides the remedy.
  if (/explicit deny/i.test(answer.detail)) {
    const whose = /resource-based/i.test(answer.detail) ? "the API's resource policy" : 'a policy';
    return {
      cause: explanation.cause,
      remedy: `An explicit deny in ${whose} shuts the caller out, and no allow outweighs it: take the deny away, or set invoke-role-arn to a role that it does not meet.`,
    };
  }
  const withheld = answer.kind === 'denied' ? remedyOfRefusal(answer.detail) : null;
  if (withheld !== null) {
    const remedy = `${withheld} Or set invoke-role-arn to a role that may.`;
    return { cause: explanation.cause, remedy };
  }
  const address = { apiId: row.api.id, stage: row.stage?.name ?? '', region };
  const statement = {
    Effect: 'Allow',
    Action: 'execute-api:Invoke',
    // A route without a path is its key alone, whatever was sent.
    Resource: invokeArnOf(address, row.path === row.method ? '' : answer.sentAs, row.path),
  };
  // Such a caller's own right is not enough (API Gateway Developer Guide, "Policy evaluation outcome tables").
  const elsewhere = /because no resource-based policy allows/i.test(answer.detail)
    ? " Where the caller is of another account, or the API is private, the API's resource policy must allow it too, with the caller as its Principal: then deploy the API."
    : '';
  return {
    cause: explanation.cause,
    remedy: `${isRefused ? `${explanation.remedy} Where it is the right to call: allow` : 'Allow'} the caller to invoke it, with this statement at least: ${JSON.stringify(statement)}.${elsewhere} Or set invoke-role-arn to a role that may.`,
  };
}

/** What an answer means to a request that nobody signed, where that is something else; `null` elsewhere. */
export function explainUnsigned({ kind, settled, detail }: SettledAnswer): Explanation | null {
  if (!settled) return null;
  if (isToSignature(kind) || (kind === 'denied' && /^User: (?!anonymous )/i.test(detail))) {
    return {
      cause: 'it was answered as one that is signed',
      remedy:
        'Something between the runner and API Gateway may sign requests, and lets strangers in with its own rights: probe the stage itself, by endpoint-url.',
    };
  }
  if (kind !== 'denied') return null;
  return {
    cause: 'a policy refused it, where IAM would have asked for a token',
    remedy:
      "Look at the authorization that the stage serves, and deploy again: a method without IAM answers so where the API's resource policy does not allow the runner. The policy of a VPC endpoint does so as well.",
  };
}

/** What an answer means to a request that was signed, where that is something else; `null` elsewhere. */
export function explainSigned(
  { kind }: SettledAnswer,
  observation: Observation,
): Explanation | null {
  if (kind !== 'unauthorized' || !eachVerb(observation).some(isUnauthorizedBehindIam)) return null;
  return {
    cause:
      'it got 401 where IAM refused the unsigned one with 403, so that the backend most likely wants a login of its own',
    remedy:
      'Give the request what the backend wants, or a path that it serves to every caller, in the smoke section of the policy file.',
  };
}

/**
 * What an error means of which nobody knows who sent it, where the kind of API or the verb makes it something else;
 * `null` elsewhere.
 *
 * @param mustBeRefused whether it is the answer to a request that must be.
 */
export function explainUnlabelled(
  { kind, settled, sentAs }: SettledAnswer,
  { row }: Observation,
  mustBeRefused: boolean,
): Explanation | null {
  const isRest = row.api.kind === 'REST';
  if (kind !== 'unlabelled-error' || !settled || (isRest && sentAs !== 'HEAD')) return null;
  const usual = EXPLANATIONS[kind];
  const withoutBody =
    sentAs === 'HEAD'
      ? ' An answer to HEAD has no body, which would tell: HEAD can be left out of smoke-methods.'
      : '';
  if (isRest) return { cause: usual.cause, remedy: `${usual.remedy}${withoutBody}` };
  const remedy = mustBeRefused
    ? "Look at the stage's access log ($context.integration.status), which tells whether it was let in."
    : 'Give the request a sample that the backend serves, in the smoke section of the policy file.';
  return {
    cause: `an error came that may be API Gateway's own or the backend's, since ${nameOfKind(row.api.kind)}s say in no header whose it is`,
    remedy: `${remedy}${withoutBody}`,
  };
}

/** Where a request that must be refused got to, as the rest of a sentence that it begins. */
export function inSentence(answer: SettledAnswer): string {
  const through = [...answer.seen.keys()].find(isPastAuthorization);
  const how = (through === undefined ? undefined : HOW_FAR[through]) ?? 'was not refused';
  // The status is the last answer's, which may have been another one.
  const status = answer.kind === through ? `, status ${answer.status ?? 'none'}` : '';
  return `${answer.settled ? '' : 'at times '}${how} (${answer.sentAs}${status})`;
}

const HOW_FAR: Partial<Record<AnswerKind, string>> = {
  accepted: 'was served',
  redirected: 'reached the backend, which redirected it',
  'backend-error': 'reached the backend, which answered with an error of its own',
  'invalid-request': 'got past authorization and was stopped only by what it lacks',
  'integration-failure': 'got past authorization and failed only at the backend',
};

/**
 * An answer in words: its cause, its status, and what the endpoint itself said.
 *
 * @param special what it means here, where that is not what it always does.
 */
export function inWords(answer: SettledAnswer, special: Explanation | null = null): string {
  const status = answer.status === null ? '' : `status ${answer.status}`;
  const facts = [status, answer.detail].filter((it) => it !== '').join(': ');
  const { cause } =
    special ?? (answer.kind === 'tls-failure' ? explainTls(answer) : EXPLANATIONS[answer.kind]);
  return `${cause}${facts === '' ? '' : ` (${facts})`}`;
}
