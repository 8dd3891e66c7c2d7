import type { ApiGateway } from '../../aws/api-gateway.js';
import { reading } from '../../evidence/reading.js';
import type { Reading } from '../../model/evidence.js';
import { isMessageAlone } from './words.js';

/** What an API answers in the place of one kind of error. */
export interface GatewayResponse {
  /** `null`: the status is that of the error itself. */
  readonly status: number | null;
  /** Bodies by content type; empty where nobody customised them. Their variables start with `$`. */
  readonly templates: readonly string[];
  /** It writes `x-amzn-ErrorType` itself, so that the header says nothing about the error. */
  readonly setsErrorType: boolean;
}

/**
 * An API's gateway responses by type, such as `MISSING_AUTHENTICATION_TOKEN`. They are the editable
 * ones: a stage serves those that were there when its deployment was made, so that an answer may
 * follow these or the service's own defaults.
 */
export type GatewayResponses = Reading<ReadonlyMap<string, GatewayResponse>>;

/** An API that customised nothing. */
export const NO_GATEWAY_RESPONSES: GatewayResponses = { readable: true, value: new Map() };

/** The template of every gateway response that has none of its own (API Gateway Developer Guide). */
const BUILT_IN_TEMPLATE = '{"message":$context.error.messageString}';

/** What reads gateway responses. */
export type GatewayResponsesReader = Pick<ApiGateway, 'getGatewayResponses'>;

/** Reads an API's gateway responses; the collection is not paged (service model, GetGatewayResponses). */
export function readGatewayResponses(
  apiGateway: GatewayResponsesReader,
  apiId: string,
): Promise<GatewayResponses> {
  return reading('GetGatewayResponses', async () => {
    const responses = new Map<string, GatewayResponse>();
    for (const item of await apiGateway.getGatewayResponses(apiId)) {
      const { responseType, statusCode, responseParameters, responseTemplates } = item;
      if (responseType === undefined) continue;
      const status = Number(statusCode);
      responses.set(responseType, {
        status: Number.isInteger(status) && status > 0 ? status : null,
        templates: Object.values(responseTemplates ?? {}).filter((it) => it !== BUILT_IN_TEMPLATE),
        setsErrorType: Object.keys(responseParameters ?? {}).some((name) =>
          /^gatewayresponse\.header\.x-amzn-errortype$/i.test(name),
        ),
      });
    }
    return responses;
  });
}

/**
 * Where a request was when API Gateway answered it itself. `before`: nobody had looked at who sends it.
 * `at`: authorization refused it. `after`: authorization had let it in. `unknown`: the service does not
 * say, or the answer can come from more than one place.
 */
export type Side = 'before' | 'at' | 'after' | 'unknown';

/** A type of gateway response: when it comes, and how it looks where nobody customised it. */
export interface GatewayResponseType {
  readonly side: Side;
  readonly statuses: readonly number[];
  /** In `x-amzn-ErrorType`; more than one where captures and other implementations differ. */
  readonly errorTypes: readonly string[];
}

/**
 * Every gateway response type of the service (service model, GatewayResponseType) but the two
 * defaults, which stand for those that have no type. Sources: API Gateway Developer Guide, "Gateway
 * response types for API Gateway" (statuses; RESOURCE_NOT_FOUND comes "after an API request passes
 * authentication and authorization", yet there is no method then whose authorization could be judged)
 * and "Request validation for REST APIs"; AWS re:Post, "How do I troubleshoot HTTP 403 errors from API
 * Gateway?"; error types from public captures, and where there is none from localstack's gateway
 * responses, which hold the same guesses as `…Exception` after the type's name.
 */
export const GATEWAY_RESPONSE_TYPES: Readonly<Record<string, GatewayResponseType>> = {
  ACCESS_DENIED: { side: 'at', statuses: [403], errorTypes: ['AccessDeniedException'] },
  API_CONFIGURATION_ERROR: {
    side: 'after',
    statuses: [500, 502, 503, 504],
    errorTypes: ['InternalServerErrorException', 'ApiConfigurationException'],
  },
  AUTHORIZER_CONFIGURATION_ERROR: {
    side: 'before',
    statuses: [500],
    errorTypes: ['AuthorizerConfigurationException'],
  },
  AUTHORIZER_FAILURE: {
    side: 'before',
    statuses: [500],
    errorTypes: ['AuthorizerFailureException'],
  },
  BAD_REQUEST_BODY: { side: 'after', statuses: [400], errorTypes: ['BadRequestException'] },
  BAD_REQUEST_PARAMETERS: { side: 'after', statuses: [400], errorTypes: ['BadRequestException'] },
  EXPIRED_TOKEN: { side: 'at', statuses: [403], errorTypes: ['ExpiredTokenException'] },
  INTEGRATION_FAILURE: {
    side: 'after',
    statuses: [500, 502, 503, 504],
    errorTypes: ['InternalServerErrorException', 'IntegrationFailureException'],
  },
  INTEGRATION_TIMEOUT: {
    side: 'after',
    statuses: [504],
    errorTypes: ['InternalServerErrorException', 'IntegrationTimeoutException'],
  },
  // The key is looked at after authorization, but a WAF and others answer with the very same words.
  INVALID_API_KEY: { side: 'unknown', statuses: [403], errorTypes: ['ForbiddenException'] },
  INVALID_SIGNATURE: { side: 'at', statuses: [403], errorTypes: ['InvalidSignatureException'] },
  MISSING_AUTHENTICATION_TOKEN: {
    side: 'at',
    statuses: [403],
    errorTypes: ['MissingAuthenticationTokenException'],
  },
  QUOTA_EXCEEDED: { side: 'unknown', statuses: [429], errorTypes: ['LimitExceededException'] },
  REQUEST_TOO_LARGE: { side: 'unknown', statuses: [413], errorTypes: ['RequestTooLargeException'] },
  RESOURCE_NOT_FOUND: {
    side: 'unknown',
    statuses: [404],
    errorTypes: ['NotFoundException', 'ResourceNotFoundException'],
  },
  THROTTLED: { side: 'unknown', statuses: [429], errorTypes: ['TooManyRequestsException'] },
  UNAUTHORIZED: { side: 'at', statuses: [401], errorTypes: ['UnauthorizedException'] },
  UNSUPPORTED_MEDIA_TYPE: {
    side: 'after',
    statuses: [415],
    errorTypes: ['BadRequestException', 'UnsupportedMediaTypeException'],
  },
  WAF_FILTERED: {
    side: 'before',
    statuses: [403],
    errorTypes: ['ForbiddenException', 'WafFilteredException'],
  },
};

/** Errors that have no type of their own: they follow the defaults, or a type that is near. */
const UNTYPED: Readonly<Record<string, { types: readonly string[]; statuses: readonly number[] }>> =
  {
    UnrecognizedClientException: { types: ['ACCESS_DENIED'], statuses: [403] },
    IncompleteSignatureException: { types: ['INVALID_SIGNATURE'], statuses: [400, 403] },
  };

/** The gateway responses that may be behind an error, and the statuses that it has by itself. */
interface ErrorShape {
  readonly types: ReadonlySet<string>;
  readonly statuses: ReadonlySet<number>;
}

/** By the error's name in `x-amzn-ErrorType`. */
const SHAPES: ReadonlyMap<string, ErrorShape> = shapes();

function shapes(): Map<string, ErrorShape> {
  const byError = new Map<string, { types: Set<string>; statuses: Set<number> }>();
  const add = (error: string, types: readonly string[], statuses: readonly number[]): void => {
    const known = byError.get(error) ?? { types: new Set(), statuses: new Set() };
    for (const type of types) known.types.add(type);
    for (const status of statuses) {
      known.statuses.add(status);
      known.types.add(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
    }
    byError.set(error, known);
  };
  for (const [type, { statuses, errorTypes }] of Object.entries(GATEWAY_RESPONSE_TYPES)) {
    for (const error of errorTypes) add(error, [type], statuses);
  }
  for (const [error, { types, statuses }] of Object.entries(UNTYPED)) add(error, types, statuses);
  return byError;
}

/**
 * Why an answer cannot be taken for the error that its `x-amzn-ErrorType` names, or `null` where it
 * can: an integration may write that header too, and then with any status.
 */
export function doubtAbout(
  errorType: string,
  status: number,
  gatewayResponses: GatewayResponses,
): string | null {
  const shape = SHAPES.get(errorType);
  if (shape === undefined) return null;
  if (gatewayResponses.readable) {
    // Of another error, too: it may write the name of this one.
    const all = [...gatewayResponses.value.values()];
    if (all.some((response) => response.setsErrorType)) {
      return 'a gateway response of the API writes x-amzn-ErrorType itself';
    }
    const own = [...shape.types].flatMap((type) => gatewayResponses.value.get(type) ?? []);
    if (own.some((response) => response.status === status)) return null;
  }
  if (shape.statuses.has(status)) return null;
  return gatewayResponses.readable
    ? `${errorType} never comes with status ${status} by the API's gateway responses`
    : `${errorType} came with status ${status}, and the API's gateway responses could not be read`;
}

/** Bodies that API Gateway writes where nobody customised them, by how their message begins. */
const OWN_WORDS: readonly RegExp[] = [
  /^Missing Authentication Token$/,
  /^Forbidden$/,
  /^Unauthorized$/,
  /^Too Many Requests$/,
  /^Limit Exceeded$/,
  /^Internal server error$/,
  /^(Network error communicating with endpoint|Endpoint request timed out)$/,
  /^(User: .* is not authorized|User is not authorized)/,
  /^The security token included in the request is/,
  /^The request signature we calculated/,
  /^Signature (expired|not yet current)/,
  /^Credential should be scoped/,
  /key=value pair/,
  /^(Request Too Long|Request Entity Too Large)$/i,
];

/**
 * Words of a request validator and of an integration that wants another media type. They say that a
 * request was let in whoever wrote them: API Gateway looks at it only then, and a backend gets nothing
 * before. Sources: API Gateway Developer Guide, "Request validation for REST APIs" and "Data
 * transformations for REST APIs" (415).
 */
const WORDS_ON_A_REQUEST: RegExp =
  /^(Invalid request body|Missing required request parameters|Unsupported Media Type)/;

/** Whether an error's message is about a request that was let in, and does not fit the method. */
export function isAboutRequest(status: number, message: string): boolean {
  return status >= 400 && status < 500 && WORDS_ON_A_REQUEST.test(message);
}

/** What API Gateway answers before the integration gets a request, by itself. */
const STATUSES_OF_REFUSALS: ReadonlySet<number> = new Set([401, 403, 413, 429]);

/** An answer as far as it was read. */
export interface Readable {
  readonly status: number;
  readonly body: string;
  /** The body did not end in time: what is left of it is not known. */
  readonly isCut?: boolean;
}

/**
 * Whether an answer without `x-amzn-ErrorType` may be API Gateway's all the same, as where something
 * on the way took the header off: it reads as an error of API Gateway, or as a gateway response of
 * the API. Of an answer without body nobody can tell.
 *
 * @param message the body's `message`, `''` where it has none.
 * @param isSigned whether the request was: what may be an answer to a method that is not there is
 *   asked of such requests alone.
 */
export function mayBeGatewayResponse(
  answer: Readable,
  message: string,
  gatewayResponses: GatewayResponses,
  isSigned: boolean,
): boolean {
  const { status, body } = answer;
  const all = gatewayResponses.readable ? [...gatewayResponses.value.values()] : [];
  // Without a status of its own a gateway response has the error's, which is never a success.
  const isError = status >= 400 || all.some((response) => response.status === status);
  if (isError && OWN_WORDS.some((words) => words.test(message))) return true;
  if (isSigned && mayBeNoSuchMethod(answer, gatewayResponses)) return true;
  // A request that is signed well gets these where it is kept out; to be let in must show in the answer.
  if (isSigned && body === '' && STATUSES_OF_REFUSALS.has(status)) return true;
  if (!gatewayResponses.readable) return isError;
  if (body === '') return status >= 400 && all.some((response) => response.status === status);
  return all.some(
    (response) =>
      (response.status === null ? status >= 400 : response.status === status) &&
      response.templates.some((template) => isWrittenBy(template, body)),
  );
}

/**
 * A signed request to a path or method that does not exist is answered with 404, where an unsigned one
 * gets "Missing Authentication Token" (public tests against AWS in aws/serverless-application-model,
 * pull request 3963), in words that nobody recorded. So what has the status of that error, and holds a
 * message alone or could not be read, may be it.
 */
function mayBeNoSuchMethod(
  { status, body, isCut = false }: Readable,
  gatewayResponses: GatewayResponses,
): boolean {
  const statuses = gatewayResponses.readable
    ? ['RESOURCE_NOT_FOUND', 'DEFAULT_4XX'].map((type) => gatewayResponses.value.get(type)?.status)
    : [];
  if (status !== 404 && !statuses.includes(status)) return isCut && status >= 400;
  return isCut || body === '' || isMessageAlone(body);
}

/**
 * A variable of a template, which is no VTL: "only simple variable substitution" (API Gateway Developer Guide,
 * "Gateway responses for REST APIs"). Whether that takes braces, nobody has written down.
 */
const VARIABLE = /\$\{?(?:context|stageVariables|input|util|method)(?:\.[\w-]+)*\}?/;

/** Whether a template's fixed parts stand in a body, in order, from its beginning to its end. */
export function isWrittenBy(template: string, body: string): boolean {
  const parts = template.split(VARIABLE);
  const first = parts[0] ?? '';
  const last = parts.length > 1 ? (parts.at(-1) ?? '') : '';
  if (parts.length === 1) return body === template;
  if (!body.startsWith(first) || body.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = body.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return body.length - last.length >= at && body.endsWith(last);
}
