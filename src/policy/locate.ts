import type { Finding, Location } from '../report/report.js';
import type { SourceFile } from './load.js';

/**
 * Points each finding that has no place yet at the line that named its API: in the workflow, else
 * in the policy file. Pure.
 */
export function locateFindings(
  findings: readonly Finding[],
  sources: readonly SourceFile[],
): readonly Finding[] {
  const byApi = new Map<string | null, Location | null>();
  return findings.map((finding) => {
    if (finding.location !== null) return finding;
    let location = byApi.get(finding.api);
    if (location === undefined) {
      location = placeOf(finding.api, sources);
      byApi.set(finding.api, location);
    }
    return location === null ? finding : { ...finding, location };
  });
}

/** The line that asked for an API, or for the gate at all; `null` where no source has one. */
export function placeOf(api: string | null, sources: readonly SourceFile[]): Location | null {
  const patterns = [
    ...(api === null ? [] : [new RegExp(`(?<![A-Za-z0-9])${literally(api)}(?![A-Za-z0-9])`)]),
    /^\s*(-\s+)?['"]?api-id['"]?\s*:/,
    /\buses:.*apigw-iam-gate/,
  ];
  for (const pattern of patterns) {
    for (const { file, text } of sources) {
      const index = text.split(/\r?\n/).findIndex((line) => pattern.test(line));
      if (index >= 0) return { file, line: index + 1 };
    }
  }
  return null;
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * The workflow file's path within its repository, of `GITHUB_WORKFLOW_REF`
 * (`octocat/hello/.github/workflows/my.yml@refs/heads/main`); `null` where the workflow is
 * another repository's.
 */
export function workflowFileOf(
  workflowRef: string | undefined,
  repository: string | undefined,
): string | null {
  if (!workflowRef || !repository || !workflowRef.startsWith(`${repository}/`)) return null;
  const path = workflowRef.slice(repository.length + 1).split('@')[0];
  return path ? path : null;
}
