/** An error as the SDK throws it for an answer of AWS: named by its code, with the HTTP status. */
export function serviceError(
  name: string,
  status: number,
  message = 'words of AWS',
  parts: Readonly<Record<string, unknown>> = {},
): Error {
  return Object.assign(new Error(message), {
    name,
    $fault: status >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: status, attempts: 1, totalRetryDelay: 0 },
    ...parts,
  });
}

/** An error of the network, as Node.js makes it; the SDK adds metadata without a status. */
export function networkError(code: string, message = `connect ${code} 192.0.2.1:443`): Error {
  return Object.assign(new Error(message), { code, $metadata: { attempts: 1 } });
}

export const THROTTLED = serviceError('TooManyRequestsException', 429, 'Too Many Requests');
export const CONFLICT = serviceError(
  'ConflictException',
  409,
  'Unable to complete operation due to concurrent modification. Please try again later.',
);
export const DENIED = serviceError('AccessDeniedException', 403, 'not authorized');
export const RESET = networkError('ECONNRESET', 'socket hang up');
