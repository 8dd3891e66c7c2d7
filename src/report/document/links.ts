import { createHash } from 'node:crypto';
import type { Location, Report } from '../report.js';
import { type Content, link, name } from './content.js';

/** Where the report leads to; `null` where nobody can tell. */
export interface Links {
  /** The page that explains the rules, each under an anchor of its own name. */
  readonly rules: string | null;
  /** `https://github.com/OWNER/REPOSITORY`. */
  readonly repository: string | null;
  /** The commit at which files of the repository are shown. */
  readonly commit: string | null;
  /** The page of the run. */
  readonly run: string | null;
}

export const NO_LINKS: Links = { rules: null, repository: null, commit: null, run: null };

/** A rule's name, which leads to its section. */
export function ruleLink(rule: string, { rules }: Links): Content {
  const isOfPage = rules?.startsWith('https://') === true && /^[a-z-]+$/.test(rule);
  return link(isOfPage ? `${rules}#${rule}` : null, name(rule));
}

/** `policy.yml:12`, which leads to the line as it was; a file of another repository to that one. */
export function fileLink({ file, line, remote }: Location, { repository, commit }: Links): Content {
  const shown = name(`${file}:${line}`);
  const anchor = `#L${Math.max(1, Math.trunc(line))}`;
  if (repository === null) return [shown];
  if (remote !== undefined) {
    const { owner, repo, path, ref } = remote;
    const parts = [owner, repo, 'blob', ref, path].map(inUrl);
    return link(`${new URL(repository).origin}/${parts.join('/')}${anchor}`, shown);
  }
  return link(
    commit === null ? null : `${repository}/blob/${commit}/${inUrl(file)}${anchor}`,
    shown,
  );
}

/** A path within a URL: none of its characters means anything to Markdown or HTML. */
function inUrl(path: string): string {
  return path
    .split(/[\\/]/)
    .filter((part) => !['', '.', '..'].includes(part))
    .map((part) =>
      encodeURIComponent(part.toWellFormed()).replace(
        /[!'()*~]/g,
        (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');
}

/** `· run and its artifacts`; empty outside of GitHub Actions. */
export function runLinks({ run }: Links): Content[] {
  if (run === null) return [];
  return [[...link(run, 'run'), ' and its ', ...link(`${run}#artifacts`, 'artifacts')]];
}

/**
 * Names for the sections of the APIs. Several gates of a job share a page, so that a part of the name
 * stands for what the report is of.
 */
export function anchorsOf({ apis, region, target }: Report): (index: number) => string {
  const ids = apis.map(({ id }) => id);
  const hash = createHash('sha256')
    .update(JSON.stringify([target, region, ids]))
    .digest('hex');
  return (index) => `api-${hash.slice(0, 6)}-${index + 1}`;
}
