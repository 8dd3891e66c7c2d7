import { resolve } from 'node:path';
import { explainMissingFrom } from '../../aws/missing-credentials.js';
import type { JobScope } from '../../enforce/transaction/job-scope.js';
import { openReportFolder } from '../../files/report-folder.js';
import { INPUT_NAMES, INPUTS } from '../../inputs/table.js';
import { ConfigurationError } from '../../model/errors.js';
import { EXIT } from '../../publish/exit-code.js';
import { inLog } from '../../report/escape.js';
import { connectWith } from '../connect.js';
import type { Host } from '../host.js';
import type { CommandLine } from './command-line.js';
import { logTo, type Stream } from './console.js';
import { inTerminalWords } from './words.js';

/** Where enforce keeps its journal, so that the next run in the same folder finds it. */
const JOURNAL_FOLDER = '.apigw-iam-gate';

/** What is there besides of a run that changes things. */
export interface TerminalHost extends Host {
  /** The journal and the APIs of this run; `null` where it changes nothing. */
  readonly saved: () => { readonly journalPath: string; readonly scope: JobScope } | null;
}

/**
 * A terminal in place of a runner: progress goes to standard error, inputs are options, and what a runner
 * would keep for a post step the process keeps itself.
 */
export function createTerminalHost(
  { command, inputs, profile, isVerbose, allowsNoApi }: CommandLine,
  environment: Host['environment'],
  progress: Stream,
  loadPublisher: Host['loadPublisher'],
): TerminalHost {
  const logger = logTo(progress, isVerbose);
  const mode = command === 'declared' ? 'audit' : command;
  const given: Readonly<Record<string, string | undefined>> = {
    [INPUTS.githubToken.name]: environment.GITHUB_TOKEN,
    ...inputs,
    [INPUTS.mode.name]: mode,
  };
  let saved: ReturnType<TerminalHost['saved']> = null;
  return {
    environment: withoutInputs(environment),
    logger,
    getInput: (name) => (given[name] ?? '').trim(),
    // Nothing that is printed has a secret in it; a runner hides them once more.
    maskSecret: () => {},
    connect: (token, deadline) => connectWith(token, deadline, logger),
    needsCheckout: false,
    allowsNoApi,
    openFolder: async (asked, kept) => {
      if (asked === '' && mode !== 'enforce') return '';
      if (asked === '') return resolve(JOURNAL_FOLDER);
      return openReportFolder(asked, kept, environment);
    },
    saveScope: (journalPath, scope) => {
      saved = { journalPath, scope };
    },
    saved: () => saved,
    onMissingCredentials: () =>
      (profile === null
        ? explainMissingFrom(environment)
        : `Correct the profile ${profile} in your AWS configuration, sign in to it (aws sso login --profile ${profile}), or leave --profile out.`) ??
      'Sign in (aws sso login, or aws login), name a profile with --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    wordsOnSignal: (signal) =>
      `${signal}: what is not proven yet is being rolled back. Please wait: to end the process now would leave it half done.`,
    sayCancelled: async (words) => logger.info(words),
    loadShard: null,
    loadPublisher,
    giveUp: async (error) => sayFailure(error, progress),
  };
}

/** Variables that a runner makes of inputs are none of a command line's. */
function withoutInputs(environment: Host['environment']): Host['environment'] {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('INPUT_')),
  );
}

/** Says why there is no result; the exit code is what the action ends with. */
export function sayFailure(error: unknown, progress: Pick<Stream, 'write'>): number {
  if (error instanceof ConfigurationError) {
    for (const problem of error.shown)
      progress.write(`error: ${inLog(inTerminalWords(asOption(problem)))}\n`);
    return EXIT.configuration;
  }
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  progress.write(
    `This should not have happened, and is no fault of yours. Please open an issue with these lines:\n${words
      .split('\n')
      .map(inLog)
      .join('\n')}\n`,
  );
  return EXIT.incomplete;
}

/** A problem begins with the name of the input that it is about. */
function asOption(problem: string): string {
  const [name = ''] = problem.split(':', 1);
  return INPUT_NAMES.includes(name) ? `--${problem}` : problem;
}
