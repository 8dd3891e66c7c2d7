/** What a user gives so that a method can be asked as a real caller would ask it. */
export interface SmokeSample {
  /** Whether the sample is for a method, named as the snapshot names it: `GET` or `ANY`, `/pets/{id}`. */
  readonly matches: (method: string, path: string) => boolean;
  /** Values by the parameter's name, `proxy` for `{proxy+}`; not percent-encoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
  /** In order; a key may be repeated. Not percent-encoded. */
  readonly query: readonly (readonly [key: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Statuses that a signed request may get from the integration; empty: every 2xx. */
  readonly expectedStatuses: readonly number[];
}

/** The sample of a method that none was given for. */
export const NO_SAMPLE: SmokeSample = {
  matches: () => false,
  pathParameters: {},
  query: [],
  headers: {},
  body: null,
  expectedStatuses: [],
};

/** The first sample that is for a method. */
export function sampleFor(
  samples: readonly SmokeSample[],
  method: string,
  path: string,
): SmokeSample {
  return samples.find((sample) => sample.matches(method, path)) ?? NO_SAMPLE;
}

/** Whether a status of the integration is one that the user, or common sense, expects. */
export function isExpectedStatus(sample: SmokeSample, status: number): boolean {
  if (sample.expectedStatuses.length > 0) return sample.expectedStatuses.includes(status);
  return status >= 200 && status < 300;
}
