import { redact } from '../aws/redact.js';
import { SENT } from '../aws/secrets.js';
import { ConfigurationError } from '../model/errors.js';
import { deliverVia } from '../publish/deliver-via.js';
import { EXIT } from '../publish/exit-code.js';
import { inLog, inMarkdown } from '../report/escape.js';
import { runner } from './runner.js';
import { StateNotSaved } from './state.js';

interface Ending {
  readonly title: string;
  readonly message: string;
  /** What is listed in the job summary. */
  readonly problems: readonly string[];
  readonly exitCode: number;
}

/**
 * Says why there is no report. The verdict is `incomplete`, so that nobody can read it as a pass.
 *
 * @returns the exit code.
 */
export async function giveUp(error: unknown): Promise<number> {
  const { title, message, problems, exitCode } = endingOf(error);
  // First, since the log takes it where no file of the runner can be written.
  runner.error(message.split('\n').map(inLog).join('\n'), { title });
  await deliver('The outputs', () => runner.setOutput('verdict', 'incomplete'));
  const list = problems.map((problem) => `- ${inMarkdown(problem)}`).join('\n');
  await deliver('The job summary', () =>
    runner.writeSummary(`## ${title}\n\nNothing was judged.\n\n${list}\n`),
  );
  return exitCode;
}

/** What cannot be delivered is said, and keeps nothing else from being so. */
export const deliver = deliverVia(runner);

function endingOf(error: unknown): Ending {
  if (error instanceof ConfigurationError) {
    // What was given may be an ARN, or hold an account's id, wherever it was given.
    const [message, problems] = [redact(error.message), error.shown.map(redact)];
    return { title: 'Configuration error', message, problems, exitCode: EXIT.configuration };
  }
  const problems = [wordsOf(error)];
  const exitCode = EXIT.incomplete;
  if (error instanceof StateNotSaved) {
    return { title: 'Enforcement not begun', message: error.message, problems, exitCode };
  }
  return { title: 'Bug in apigw-iam-gate', message: bugReport(error), problems, exitCode };
}

function wordsOf(error: unknown): string {
  return SENT.hide(error instanceof Error ? error.message : String(error));
}

function bugReport(error: unknown): string {
  const stack = SENT.hide(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return `This should not have happened, and is no fault of yours. Please open an issue with these lines:\n${stack}`;
}
