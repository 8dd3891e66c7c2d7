import type { Finding, Location } from '../model/finding.js';
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
      location = lineOf(finding.api, sources);
      byApi.set(finding.api, location);
    }
    return location === null ? finding : { ...finding, location };
  });
}

/** The line that asked for an API, or for the gate at all; `null` where no source has one. */
export function lineOf(api: string | null, sources: readonly SourceFile[]): Location | null {
  const asks: ((line: string) => boolean)[] = [];
  if (api !== null) {
    const named = new RegExp(`(?<![A-Za-z0-9])${literally(api)}(?![A-Za-z0-9])`);
    asks.push((line) => named.test(line));
  }
  asks.push((line) => /^\s*(-\s+)?['"]?api-id['"]?\s*:/.test(line), usesTheGate);
  for (const isAsked of asks) {
    for (const source of sources) {
      const index = linesOf(source).findIndex(isAsked);
      if (index >= 0) return { file: source.file, line: index + 1 };
    }
  }
  return null;
}

function usesTheGate(line: string): boolean {
  const at = line.search(/\buses:/);
  return at >= 0 && line.includes('apigw-iam-gate', at);
}

/** The lines of each file, once: every API of a region is looked for. */
const LINES = new WeakMap<SourceFile, readonly string[]>();

function linesOf(source: SourceFile): readonly string[] {
  const known = LINES.get(source);
  if (known !== undefined) return known;
  const lines = source.text.split(/\r?\n/);
  LINES.set(source, lines);
  return lines;
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
