/** It marks the request in a backend's log; API Gateway and backends give it no meaning. */
const MARKER_HEADER = { name: 'x-apigw-iam-gate', value: 'probe' };

/** Headers that make a probe, or a handshake, what it is, so that no sample may set them. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-length',
  'host',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-version',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
]);

/**
 * Whether a probe has a header, or lacks it, by what it is, whatever its sample says.
 *
 * @param name in lower case.
 */
export function isOwnHeader(name: string): boolean {
  return OWN_HEADERS.has(name);
}

/** The headers that a probe has by its sample, and those that each has; names in lower case. */
export function headersOfSample(
  sample: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const given = Object.entries(lowerCased(sample)).filter(([name]) => !isOwnHeader(name));
  return {
    accept: '*/*',
    ...Object.fromEntries(given),
    [MARKER_HEADER.name]: MARKER_HEADER.value,
  };
}

/** The same headers with their names in lower case. */
export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
