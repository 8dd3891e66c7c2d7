/** What the emulated GitHub answers. */
export interface GitHubAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An error body as the REST API has it: GitHub Docs, "Troubleshooting the REST API". */
export function refusal(
  status: number,
  message: string,
  errors?: readonly unknown[],
): GitHubAnswer {
  return {
    status,
    body: {
      message,
      ...(errors === undefined ? {} : { errors }),
      documentation_url: 'https://docs.github.com/rest',
      status: String(status),
    },
  };
}

export const NOT_FOUND: GitHubAnswer = refusal(404, 'Not Found');

/** The message of an answered fault that names none: the words of GitHub's own answers. */
export const FAULT_MESSAGES: ReadonlyMap<number, string> = new Map([
  [401, 'Bad credentials'],
  [403, 'Resource not accessible by integration'],
  [404, 'Not Found'],
  [410, 'Issues has been disabled in this repository.'],
  [422, 'Validation Failed'],
  [429, 'API rate limit exceeded for installation ID 1.'],
  [500, 'Server Error'],
  [502, 'Server Error'],
  [503, 'Service Unavailable'],
]);
