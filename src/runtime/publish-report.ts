import type { Inputs } from '../inputs/table.js';
import type { ParsedContext } from '../publish/github/context.js';
import { publish } from '../publish/publish.js';
import type { Report } from '../report/report.js';
import { connect } from './github-connect.js';
import { publishSettings } from './publish-settings.js';
import { logger, runner } from './runner.js';

/**
 * Delivers a report to the runner, to its files and to GitHub.
 *
 * @returns the exit code.
 */
export function publishReport(
  report: Report,
  inputs: Inputs,
  parsed: ParsedContext,
): Promise<number> {
  const settings = publishSettings(inputs, parsed, report);
  return publish(report, settings, runner, { parsed, connect, logger });
}
