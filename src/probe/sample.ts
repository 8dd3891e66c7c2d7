import type { SampleRequest } from '../config/config.js';

/** The sample of a method that none was given for. */
export const NO_SAMPLE: SampleRequest = {
  matches: () => false,
  pathParameters: {},
  query: [],
  headers: {},
  body: null,
  expectedStatuses: [],
};

/** The first sample that is for a method. */
export function sampleFor(
  samples: readonly SampleRequest[],
  method: string,
  path: string,
): SampleRequest {
  return samples.find((sample) => sample.matches(method, path)) ?? NO_SAMPLE;
}

/** Whether a status of the integration is one that the user, or common sense, expects. */
export function isExpectedStatus(sample: SampleRequest, status: number): boolean {
  if (sample.expectedStatuses.length > 0) return sample.expectedStatuses.includes(status);
  // A handshake succeeds with 101, which no other request gets.
  return (status >= 200 && status < 300) || status === 101;
}
