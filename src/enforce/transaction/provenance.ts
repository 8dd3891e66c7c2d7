/** Where a run came from; `null` where that is not known. */
export interface Provenance {
  readonly runUrl: string | null;
  readonly commit: string | null;
}

/**
 * Reads the run's page and the commit from the variables that every step has (GitHub Docs, "Variables
 * reference").
 */
export function readProvenance(
  environment: Readonly<Record<string, string | undefined>>,
): Provenance {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_SHA } = environment;
  const isKnown = GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_RUN_ID;
  return {
    runUrl: isKnown
      ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
      : null,
    commit: GITHUB_SHA || null,
  };
}

/**
 * What the deployment says of itself in the console: whoever finds it knows where it came from, and
 * the transaction's token makes it findable by us.
 */
export function describeDeployment({ runUrl, commit }: Provenance, token: string): string {
  return [
    'apigw-iam-gate: IAM authorization turned on.',
    ...(runUrl === null ? [] : [`Run: ${runUrl}`]),
    ...(commit === null ? [] : [`Commit: ${commit}`]),
    endingOf(token),
  ].join(' ');
}

/** Whether a deployment is the one that a transaction made. */
export function isMadeBy(token: string, description: string | undefined): boolean {
  return description?.endsWith(endingOf(token)) === true;
}

function endingOf(token: string): string {
  return `Transaction: ${token}`;
}
