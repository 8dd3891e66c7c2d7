import * as core from '@actions/core';
import { explainMissingFrom } from '../aws/missing-credentials.js';
import { openReportFolder } from '../files/report-folder.js';
import { explainMissingCredentials } from '../publish/github/missing-credentials.js';
import { connect } from './github-connect.js';
import { deliver, giveUp } from './give-up.js';
import type { Host } from './host.js';
import { logger, maskSecret, runner } from './runner.js';
import { saveJournalPath } from './state.js';

/** A runner of GitHub Actions, for the main step. */
export const GITHUB_RUNNER: Host = {
  environment: process.env,
  logger,
  getInput: core.getInput,
  maskSecret,
  connect,
  needsCheckout: true,
  allowsNoApi: false,
  openFolder: (asked, kept) => openReportFolder(asked, kept, process.env),
  saveScope: saveJournalPath,
  onMissingCredentials: (parsed) =>
    explainMissingCredentials(parsed.ok ? parsed.context : null) ?? explainMissingFrom(process.env),
  wordsOnSignal: (signal) => `${signal}: the job is being cancelled`,
  sayCancelled: async (words) => {
    runner.error(words, { title: 'Cancelled' });
    await deliver('The outputs', () => runner.setOutput('verdict', 'incomplete'));
  },
  loadShard: async () => (await import('./shard-step.js')).runAsShard,
  loadPublisher: async () => (await import('./publish-report.js')).publishReport,
  giveUp,
};
