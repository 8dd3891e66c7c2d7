import type { ApiGateway } from '../aws/api-gateway.js';
import type { Reading } from '../evidence/model.js';
import { reading } from '../evidence/reading.js';

/** What an API answers in the place of one kind of error. */
export interface GatewayResponse {
  /** `null`: the status is that of the error itself. */
  readonly status: number | null;
  /** Bodies by content type; empty where nobody customised them. Their variables start with `$`. */
  readonly templates: readonly string[];
  /** It writes `x-amzn-ErrorType` itself, so that the header tells nothing about the error. */
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

/** Reads an API's gateway responses; the collection is not paged (service model, GetGatewayResponses). */
export function readGatewayResponses(
  apiGateway: Pick<ApiGateway, 'getGatewayResponses'>,
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

/** Types that answer an error, and the statuses that it has by itself. */
interface ErrorShape {
  readonly types: readonly string[];
  readonly statuses: readonly number[];
}

/**
 * The gateway responses behind each `x-amzn-ErrorType`. Sources: API Gateway Developer Guide,
 * "Gateway response types for API Gateway"; what it names no type for falls to the defaults.
 */
const SHAPES: Readonly<Record<string, ErrorShape>> = {
  MissingAuthenticationTokenException: {
    types: ['MISSING_AUTHENTICATION_TOKEN', 'DEFAULT_4XX'],
    statuses: [403],
  },
  AccessDeniedException: { types: ['ACCESS_DENIED', 'DEFAULT_4XX'], statuses: [403] },
  InvalidSignatureException: { types: ['INVALID_SIGNATURE', 'DEFAULT_4XX'], statuses: [403] },
  UnrecognizedClientException: { types: ['DEFAULT_4XX', 'ACCESS_DENIED'], statuses: [403] },
  ExpiredTokenException: { types: ['EXPIRED_TOKEN', 'DEFAULT_4XX'], statuses: [403] },
  IncompleteSignatureException: {
    types: ['DEFAULT_4XX', 'INVALID_SIGNATURE'],
    statuses: [400, 403],
  },
  ForbiddenException: {
    types: ['INVALID_API_KEY', 'WAF_FILTERED', 'DEFAULT_4XX'],
    statuses: [403],
  },
  UnauthorizedException: { types: ['UNAUTHORIZED', 'DEFAULT_4XX'], statuses: [401] },
  TooManyRequestsException: { types: ['THROTTLED', 'DEFAULT_4XX'], statuses: [429] },
  LimitExceededException: { types: ['QUOTA_EXCEEDED', 'DEFAULT_4XX'], statuses: [429] },
  InternalServerErrorException: {
    types: [
      'API_CONFIGURATION_ERROR',
      'INTEGRATION_FAILURE',
      'INTEGRATION_TIMEOUT',
      'AUTHORIZER_CONFIGURATION_ERROR',
      'AUTHORIZER_FAILURE',
      'DEFAULT_5XX',
    ],
    statuses: [500, 502, 503, 504],
  },
};

/**
 * Why an answer cannot be taken for the error that its `x-amzn-ErrorType` names, or `null` where it
 * can: an integration may write that header too, and then with any status.
 */
export function doubtAbout(
  errorType: string,
  status: number,
  gatewayResponses: GatewayResponses,
): string | null {
  const shape = Object.hasOwn(SHAPES, errorType) ? SHAPES[errorType] : undefined;
  if (shape === undefined) return null;
  if (gatewayResponses.readable) {
    const own = shape.types.flatMap((type) => gatewayResponses.value.get(type) ?? []);
    if (own.some((response) => response.setsErrorType)) {
      return 'a gateway response of the API writes x-amzn-ErrorType itself';
    }
    if (own.some((response) => response.status === status)) return null;
  }
  if (shape.statuses.includes(status)) return null;
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
  /^(Invalid request body|Missing required request parameters)/,
  /^(Unsupported Media Type|Request Too Long)/,
];

/**
 * Whether an answer without `x-amzn-ErrorType` may be API Gateway's all the same, as where something
 * on the way took the header off: it reads as an error of API Gateway, or as a gateway response of
 * the API. Of an answer without body nobody can tell.
 *
 * @param message the body's `message`, `''` where it has none.
 */
export function mayBeGatewayResponse(
  answer: { readonly status: number; readonly body: string },
  message: string,
  gatewayResponses: GatewayResponses,
): boolean {
  const isError = answer.status >= 400;
  if (isError && OWN_WORDS.some((words) => words.test(message))) return true;
  if (!gatewayResponses.readable) return isError;
  const ofStatus = [...gatewayResponses.value.values()].filter(
    ({ status }) => status === answer.status,
  );
  if (answer.body === '') return isError && ofStatus.length > 0;
  return [...gatewayResponses.value.values()].some(
    ({ status, templates }) =>
      (status === null || status === answer.status) &&
      templates.some((template) => isWrittenBy(template, answer.body)),
  );
}

/** Whether a template's fixed parts stand in a body, in order, from its beginning to its end. */
export function isWrittenBy(template: string, body: string): boolean {
  const parts = template.split(/\$(?:context|stageVariables|input|util|method)(?:\.[\w-]+)*/);
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
