import * as core from '@actions/core';
import { createApiGateway } from './aws/api-gateway.js';
import { createAwsClients } from './aws/clients.js';
import { createIam } from './aws/iam.js';
import { createQuotas } from './aws/quotas.js';
import type { RetrySettings } from './aws/retry.js';
import { ConfigurationError } from './errors.js';
import { runGate } from './gate.js';
import { type Inputs, readInputs } from './inputs.js';
import type { Logger } from './logger.js';
import { EXIT } from './publish/exit-code.js';
import { publish, type Runner } from './publish/publish.js';
import { inLog, inMarkdown } from './report/escape.js';
import { createProber } from './smoke/send.js';
import { NAME, VERSION } from './version.js';

/*
 * The only file that touches the process: it reads the environment, builds what the gate needs, runs
 * it, and sets the exit code.
 */

const logger: Logger = {
  info: (line) => core.info(inLog(line)),
  group: (title, phase) => core.group(inLog(title), phase),
};

const runner: Runner = {
  setOutput: core.setOutput,
  error: core.error,
  warning: core.warning,
  writeSummary: async (markdown) => {
    if (!process.env.GITHUB_STEP_SUMMARY) {
      core.info('There is no job summary here (GITHUB_STEP_SUMMARY is not set).');
      return;
    }
    await core.summary.addRaw(markdown, true).write();
  },
};

/** The SDK's own variable for how often a call is made; without it, enough to outlast a busy minute. */
function maxAttempts(): number {
  const asked = Number(process.env.AWS_MAX_ATTEMPTS);
  return Number.isInteger(asked) && asked >= 1 ? asked : 8;
}

async function run(inputs: Inputs): Promise<number> {
  const clients = createAwsClients(inputs.region, [NAME, VERSION]);
  const prober = createProber(`${NAME}/${VERSION}`);
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const retries: RetrySettings = {
    logger,
    maxAttempts: maxAttempts(),
    sleep,
    random: Math.random,
  };
  try {
    const report = await runGate(inputs, {
      ...retries,
      apiGateway: createApiGateway(clients.apiGateway, createQuotas(), retries),
      iam: createIam(clients.iam, clients.sts, retries),
      sts: clients.sts,
      credentials: clients.apiGateway.config.credentials,
      prober,
      now: Date.now,
    });
    return await publish(report, inputs, runner, logger);
  } finally {
    prober.destroy();
    clients.destroy();
  }
}

/** Says why there is no report. The verdict is `incomplete`, so that nobody can read it as a pass. */
async function giveUp(error: unknown): Promise<number> {
  const isConfiguration = error instanceof ConfigurationError;
  const problems = isConfiguration ? error.problems : [wordsOf(error)];
  const title = isConfiguration ? 'Configuration error' : 'Bug in apigw-iam-gate';
  core.setOutput('verdict', 'incomplete');
  const message = isConfiguration ? error.message : bugReport(error);
  core.error(message.split('\n').map(inLog).join('\n'), { title });
  const list = problems.map((problem) => `- ${inMarkdown(problem)}`).join('\n');
  await runner.writeSummary(`## ${title}\n\nNothing was judged.\n\n${list}\n`);
  return isConfiguration ? EXIT.configuration : EXIT.incomplete;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function bugReport(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This should not have happened, and is no fault of yours. Please open an issue with these lines:\n${stack}`;
}

try {
  process.exitCode = await run(readInputs({ getInput: core.getInput, environment: process.env }));
} catch (error) {
  process.exitCode = await giveUp(error);
}
