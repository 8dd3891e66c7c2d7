import type { CommentWhen } from '../inputs/table.js';
import type { Logger } from '../model/logger.js';
import { within } from '../model/within.js';
import type { Links } from '../report/document/links.js';
import { inLog } from '../report/escape.js';
import type { Location } from '../report/report.js';
import type { RuleDescription } from '../rules/rule.js';
import { CHECK_RUN_NEED, publishCheckRun } from './check-run.js';
import { CODE_SCANNING_NEED, publishToCodeScanning } from './code-scanning.js';
import { COMMENT_NEED, publishComment } from './comment.js';
import { type Deadline, deadlineIn } from './deadline.js';
import type { Delivered } from './delivered.js';
import { DRIFT_ISSUE_NEED, publishDriftIssue } from './drift-issue.js';
import { type Author, findAuthor } from './github/author.js';
import type { GitHub } from './github/client.js';
import type { GitHubContext, ParsedContext } from './github/context.js';
import { explainFailure, type Need } from './github/failure.js';
import { type AuditedSet, keyOf } from './github/marker.js';

/** What is to be delivered to GitHub, as the inputs have it. */
export interface Deliveries {
  readonly githubToken: string;
  readonly comment: CommentWhen;
  /** Name of the check run; `null` for none. */
  readonly checkRun: string | null;
  readonly driftIssue: boolean;
  readonly uploadSarif: boolean;
}

/** What the deliveries say besides the report. */
export interface DeliverySettings {
  readonly audited: AuditedSet;
  readonly rules: readonly RuleDescription[];
  readonly version: string;
  readonly documentation: string;
  /** What tells analyses of one commit apart in code scanning. */
  readonly category: string;
  readonly fallback: Location;
  /** Where the report leads to. */
  readonly links: Links;
  /** When the audit began to read, in milliseconds since the epoch. */
  readonly begunAtMs: number;
}

/** The world of the deliveries; `runtime` makes the real one. */
export interface GitHubWorld {
  readonly parsed: ParsedContext;
  readonly connect: (token: string, deadline: Deadline) => Promise<GitHub>;
  readonly warn: (message: string) => void;
  readonly logger: Logger;
  /** What the deliveries may take together, in milliseconds; without it, three minutes. */
  readonly deliveryMs?: number;
}

/** Longer than ten requests for a check run, one a second, and a rate limit that ends within a minute. */
const DELIVERY_MS = 180_000;

/** The end of the time, in which nothing new is asked: what is sent again after a failure waits 5 s in all. */
const LAST_ORDERS = 0.95;

interface Sink {
  readonly need: Need;
  readonly publish: (
    context: GitHubContext,
    github: GitHub,
    author: () => Promise<Author>,
  ) => Promise<string>;
}

/**
 * Delivers a report to the sinks on GitHub that are asked for, all at once. One that fails is said
 * in one line that names what is missing; it changes neither the verdict nor the other sinks.
 */
export async function publishToGitHub(
  report: Delivered,
  deliveries: Deliveries,
  settings: DeliverySettings,
  world: GitHubWorld,
): Promise<void> {
  const sinks = sinksFor(report, deliveries, settings);
  if (sinks.length === 0) return;
  const { parsed, warn, logger } = world;
  const missing = whatIsMissing(deliveries, parsed);
  if (!parsed.ok || missing !== null) {
    for (const { need } of sinks) warn(inLog(`${need.what}: not delivered. ${missing ?? ''}`));
    return;
  }
  const { context } = parsed;
  const { deliveryMs = DELIVERY_MS } = world;
  const seconds = Math.ceil(deliveryMs / 1000);
  logger.info(`Delivering to GitHub, for ${seconds} s at the most`);
  const github = await world.connect(deliveries.githubToken, deadlineIn(deliveryMs * LAST_ORDERS));
  // Asked for once, and only where a sink must know it.
  let asked: Promise<Author> | null = null;
  const author = (): Promise<Author> => {
    asked ??= findAuthor(github, deliveries.githubToken);
    return asked;
  };
  await Promise.all(
    sinks.map(async ({ need, publish }) => {
      try {
        const done = await within(deliveryMs, publish(context, github, author));
        if (done !== 'too late') logger.info(done);
        else {
          warn(
            inLog(
              `${need.what}: not delivered. GitHub took longer than ${seconds} s. Run the job again, or see https://www.githubstatus.com.`,
            ),
          );
        }
      } catch (error) {
        warn(inLog(explainFailure(error, need, context, deliveries.githubToken)));
      }
    }),
  );
}

function whatIsMissing({ githubToken }: Deliveries, parsed: ParsedContext): string | null {
  if (!parsed.ok) return `This is no run of GitHub Actions: ${parsed.problems.join('; ')}.`;
  return githubToken === ''
    ? 'github-token is empty: leave the input out, or give it a token.'
    : null;
}

function sinksFor(report: Delivered, deliveries: Deliveries, settings: DeliverySettings): Sink[] {
  const { comment: when, checkRun: name, driftIssue, uploadSarif } = deliveries;
  const { audited, fallback, links, begunAtMs } = settings;
  const sinks: Sink[] = [];
  if (uploadSarif) {
    sinks.push({
      need: CODE_SCANNING_NEED,
      publish: (context, github) => publishToCodeScanning(report, settings, context, github),
    });
  }
  if (name !== null) {
    sinks.push({
      need: CHECK_RUN_NEED,
      publish: (context, github) =>
        publishCheckRun(report, { name, key: keyOf(audited), fallback, links }, context, github),
    });
  }
  if (when !== 'never') {
    sinks.push({
      need: COMMENT_NEED,
      publish: async (context, github, author) =>
        publishComment(report, { when, audited, links }, context, github, await author()),
    });
  }
  if (driftIssue) {
    sinks.push({
      need: DRIFT_ISSUE_NEED,
      publish: async (context, github, author) =>
        publishDriftIssue(report, { audited, links, begunAtMs }, context, github, await author()),
    });
  }
  return sinks;
}
