/** A request as the emulator has seen it; tests read these. */
export interface LoggedRequest {
  readonly atMs: number;
  readonly plane:
    | 'control'
    | 'sts'
    | 'iam'
    | 'cloudformation'
    | 'organizations'
    | 'account'
    | 'data';
  /** Which service it is for: several have an operation of one name, such as GetStages. */
  readonly service:
    | 'apigateway'
    | 'apigatewayv2'
    | 'sts'
    | 'iam'
    | 'cloudformation'
    | 'organizations'
    | 'account'
    | 'execute-api';
  /**
   * The name of the service model, of STS or of IAM; on the data plane 'Invoke', 'Connect' for the
   * handshake of a WebSocket, and the names of `@connections`; 'Unknown' where nothing fits.
   */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Names in lower case; the values of a repeated header joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether it asks for a change of configuration; never true of STS and the data plane. */
  readonly mutating: boolean;
  /** 0 until answered, and for ever where the connection was destroyed instead. */
  status: number;
  /** The kind of the fault that was applied to it. */
  fault?: string;
  /** Whose it is, where there are several accounts: the caller's, or the API's on the data plane. */
  readonly accountId?: string;
  /** Likewise. */
  readonly region?: string;
}

export type FaultEffect =
  /** This answer instead of doing it. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly errorType?: string;
      /** What it says; made of the request where it is to be an echo of it. */
      readonly message?: string | ((request: LoggedRequest) => string);
      readonly retryAfterSeconds?: number;
    }
  /** Done, but only after a while. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The connection is destroyed; nothing is done. */
  | { readonly kind: 'reset' }
  /** Done; the connection is destroyed before the answer. */
  | { readonly kind: 'reset-after' }
  /** Done; half of the body is sent, then the connection is closed. */
  | { readonly kind: 'truncate' }
  /** Done, and answered well, but with this body in place of its own. */
  | { readonly kind: 'rewrite'; readonly body: string }
  /** Done; the deployments of an HTTP or WebSocket API that it begins end FAILED, with this message. */
  | { readonly kind: 'fail-deployment'; readonly message: string }
  /** `embed` is forgotten: GetResources answers its methods empty, GetDeployment no summary. */
  | { readonly kind: 'unembed' };

/** What goes wrong, with what, and how often. */
export interface Fault {
  /** As in {@link LoggedRequest.operation}; '*' for every one. */
  readonly operation: string;
  /** As in {@link LoggedRequest.service}; every one where absent. */
  readonly service?: LoggedRequest['service'];
  readonly where?: (request: LoggedRequest) => boolean;
  /** How many fitting requests are left alone first. */
  readonly skip?: number;
  /** How many it then happens to; for ever where absent. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

/** The faults that are set; the first that fits a request is applied, and no other. */
export class Faults {
  readonly #faults: { fault: Fault; skip: number; times: number }[] = [];

  add(fault: Fault): void {
    this.#faults.push({
      fault,
      skip: fault.skip ?? 0,
      times: fault.times ?? Number.POSITIVE_INFINITY,
    });
  }

  clear(): void {
    this.#faults.length = 0;
  }

  /** The effect for a request, which it then counts as used. */
  take(request: LoggedRequest): FaultEffect | undefined {
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (entry.times <= 0) continue;
      if (fault.operation !== '*' && fault.operation !== request.operation) continue;
      if (fault.service !== undefined && fault.service !== request.service) continue;
      if (fault.where !== undefined && !fault.where(request)) continue;
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      entry.times -= 1;
      return fault.effect;
    }
    return undefined;
  }
}

const ERROR_TYPES: ReadonlyMap<number, readonly [errorType: string, message: string]> = new Map([
  [400, ['BadRequestException', 'Bad request']],
  [403, ['AccessDeniedException', 'Access denied']],
  [404, ['NotFoundException', 'Not found']],
  [
    409,
    [
      'ConflictException',
      'Unable to complete operation due to concurrent modification. Please try again later.',
    ],
  ],
  [429, ['TooManyRequestsException', 'Too Many Requests']],
  [503, ['ServiceUnavailableException', 'Service Unavailable']],
]);

/** IAM and CloudFormation API Reference, "Common Error Types"; "Rate exceeded" is what clients of IAM report of Throttling. */
const IAM_ERROR_TYPES: typeof ERROR_TYPES = new Map([
  [400, ['Throttling', 'Rate exceeded']],
  [403, ['AccessDenied', 'Access denied']],
  [404, ['NoSuchEntity', 'The entity cannot be found.']],
  [409, ['ConcurrentModification', 'The request was rejected for a concurrent modification.']],
  [500, ['ServiceFailure', 'The request processing has failed for an unknown error.']],
  [503, ['ServiceUnavailable', 'Service Unavailable']],
]);

/** Organizations API Reference, "Common Errors" and ListAccounts: throttling is a 400 there, too. */
const ORGANIZATIONS_ERROR_TYPES: typeof ERROR_TYPES = new Map([
  [400, ['TooManyRequestsException', 'AWS Organizations received too many requests.']],
  [500, ['ServiceException', 'AWS Organizations encountered an internal error.']],
]);

/** Type and message of an answered fault that names none, in the words of its plane. */
export function faultWords(
  status: number,
  plane: LoggedRequest['plane'] = 'control',
): readonly [errorType: string, message: string] {
  if (plane === 'iam' || plane === 'cloudformation')
    return IAM_ERROR_TYPES.get(status) ?? ['InternalFailure', 'Internal failure'];
  const types = plane === 'organizations' ? ORGANIZATIONS_ERROR_TYPES : ERROR_TYPES;
  return types.get(status) ?? ['InternalFailure', 'Internal failure'];
}
