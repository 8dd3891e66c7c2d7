import * as core from '@actions/core';
import type { Logger } from '../model/logger.js';
import type { Runner } from '../publish/publish.js';
import { inLog } from '../report/escape.js';
import { setOutput, writeSummary } from './runner-files.js';

// A log that nobody reads any more, as of a runner that went away, is no reason to stop in the middle.
process.stdout.on('error', () => {});

/** The job's log. */
export const logger: Logger = {
  info: (line) => core.info(inLog(line)),
  // The runner would hide the lines; a run without it, as of the demo, would show them.
  debug: (line) => {
    if (core.isDebug()) core.debug(inLog(line));
  },
  group: (title, phase) => core.group(inLog(title), phase),
};

/** Has the runner mask a value wherever it shows. */
export const maskSecret: (value: string) => void = core.setSecret;

/** The runner, by its workflow commands and files. */
export const runner: Runner = {
  setOutput,
  error: core.error,
  warning: core.warning,
  notice: core.notice,
  writeSummary: async (markdown) => {
    if (!process.env.GITHUB_STEP_SUMMARY) {
      core.info('There is no job summary here (GITHUB_STEP_SUMMARY is not set).');
      return;
    }
    await writeSummary(markdown);
  },
};
