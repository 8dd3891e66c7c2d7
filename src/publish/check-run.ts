import { inCheckout } from '../model/finding.js';
import { clip } from '../report/clip.js';
import type { Links } from '../report/document/links.js';
import type { Location } from '../report/report.js';
import { formatNumber } from '../report/wording.js';
import type { Delivered } from './delivered.js';
import type { GitHub } from './github/client.js';
import type { GitHubContext } from './github/context.js';
import type { Need } from './github/failure.js';
import { refuseNothingNamed } from './github/listed.js';

export const CHECK_RUN_NEED: Need = {
  what: 'The check run',
  permission: 'checks: write',
  absent: 'the commit is not in this repository',
  onlyApps: true,
};

/** "The Checks API limits the number of annotations to a maximum of 50 per API request." */
const ANNOTATIONS_A_REQUEST = 50;

/** A reader is shown the worst; ten requests, one a second as GitHub asks, are enough for that. */
const MAX_ANNOTATIONS = 500;

/** `output.summary` takes 65,535 characters; bytes are never fewer. */
const SUMMARY_LIMIT_BYTES = 65_000;

const MAX_TITLE_LENGTH = 255;

const LEVELS = { error: 'failure', warning: 'warning', notice: 'notice' } as const;

/**
 * A check run of its own beside the job's. Its conclusion is `failure` for `fail` and for
 * `incomplete`: a required check is satisfied by `success`, `skipped` and `neutral` alike, so those
 * two never stand for something that was not proven. The conclusion is in the first request, so
 * that nothing that goes wrong later leaves a check that runs for ever.
 *
 * @returns what happened, in a line for the log.
 */
export async function publishCheckRun(
  report: Delivered,
  settings: {
    readonly name: string;
    readonly key: string;
    readonly fallback: Location;
    readonly links: Links;
  },
  context: GitHubContext,
  github: GitHub,
): Promise<string> {
  const { repository, pullRequest, sha, runUrl } = context;
  const annotations = annotationsOf(report, settings.fallback);
  const left = report.findings.length + report.findingsLeft - annotations.length;
  const output = {
    title: clip(report.inOneLine, MAX_TITLE_LENGTH),
    summary: report.markdown(SUMMARY_LIMIT_BYTES, { links: settings.links }),
    ...(left === 0
      ? {}
      : {
          text: `Annotated: the worst ${formatNumber(annotations.length)} findings; ${formatNumber(left)} more are in \`${report.dataFile}\`.`,
        }),
  };
  const [first = [], ...rest] = chunk(annotations, ANNOTATIONS_A_REQUEST);
  const { data } = await github.rest.checks.create({
    ...repository,
    name: settings.name,
    // Legs of a matrix may share the name; what each one audits tells them apart.
    external_id: settings.key,
    head_sha: pullRequest?.headSha ?? sha,
    details_url: runUrl,
    status: 'completed',
    conclusion: report.verdict === 'pass' ? 'success' : 'failure',
    output: { ...output, annotations: first },
  });
  refuseNothingNamed(data.id);
  for (const part of rest) {
    const updated = await github.rest.checks.update({
      ...repository,
      check_run_id: data.id,
      output: { ...output, annotations: part },
    });
    refuseNothingNamed(updated.data.id);
  }
  return `check-run: ${data.conclusion ?? 'completed'} with ${formatNumber(annotations.length)} annotations`;
}

function annotationsOf(report: Delivered, fallback: Location) {
  return report.annotate(MAX_ANNOTATIONS).map(({ level, title, message, location }) => {
    const { file, line } = inCheckout(location) ?? fallback;
    return {
      path: file,
      start_line: Math.max(1, line),
      end_line: Math.max(1, line),
      annotation_level: LEVELS[level],
      title,
      message,
    };
  });
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
