import { readFile } from 'node:fs/promises';
import * as core from '@actions/core';
import { getProxyForUrl } from 'proxy-from-env';
import { createApiGateway } from './aws/api-gateway.js';
import { createAwsClients } from './aws/clients.js';
import { ProxiedHttpHandler } from './aws/http-handler.js';
import { createIam } from './aws/iam.js';
import { createQuotas } from './aws/quotas.js';
import type { RetrySettings } from './aws/retry.js';
import { ConfigurationError } from './errors.js';
import { type Basis, runGate } from './gate.js';
import { type Inputs, readInputs } from './inputs.js';
import { readLocalFile } from './local-file.js';
import type { Logger } from './logger.js';
import { loadPolicy, type SourceFile } from './policy/load.js';
import { workflowFileOf } from './policy/locate.js';
import { EXIT } from './publish/exit-code.js';
import { createGitHub, type GitHub } from './publish/github/client.js';
import { type ParsedContext, parseGitHubContext } from './publish/github/context.js';
import { keyOf } from './publish/github/marker.js';
import { readRemoteFile } from './publish/github/remote-file.js';
import { type PublishSettings, publish, type Runner } from './publish/publish.js';
import { inLog, inMarkdown } from './report/escape.js';
import type { Location } from './report/report.js';
import { CATALOGUE } from './rules/catalogue.js';
import { createProber, PROBE_TIMEOUTS } from './smoke/send.js';
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
  notice: core.notice,
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

async function run(inputs: Inputs, basis: Basis): Promise<number> {
  const clients = createAwsClients(inputs.region, [NAME, VERSION], getProxyForUrl);
  const prober = createProber(
    new ProxiedHttpHandler(getProxyForUrl, PROBE_TIMEOUTS),
    `${NAME}/${VERSION}`,
    Date.now,
  );
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const retries: RetrySettings = {
    logger,
    maxAttempts: maxAttempts(),
    sleep,
    random: Math.random,
  };
  try {
    const report = await runGate(inputs, basis, {
      ...retries,
      apiGateway: createApiGateway(clients.apiGateway, createQuotas(), retries),
      iam: createIam(clients.iam, clients.sts, retries),
      sts: clients.sts,
      credentials: clients.apiGateway.config.credentials,
      prober,
      now: Date.now,
    });
    const parsed = await readContext();
    return await publish(report, publishSettings(inputs, parsed), runner, {
      parsed,
      connect,
      logger,
    });
  } finally {
    prober.destroy();
    clients.destroy();
  }
}

function connect(token: string): GitHub {
  core.setSecret(token);
  return createGitHub(token, { userAgent: `${NAME}/${VERSION}`, logger });
}

async function readContext(): Promise<ParsedContext> {
  const path = process.env.GITHUB_EVENT_PATH;
  const event = path ? await readFile(path, 'utf8').catch(() => null) : null;
  return parseGitHubContext(process.env, event);
}

/** Where a finding without a line of its own points: the workflow that asked, as far as it is told. */
const FALLBACK_FILE = '.github/workflows';

function publishSettings(inputs: Inputs, parsed: ParsedContext): PublishSettings {
  const context = parsed.ok ? parsed.context : null;
  const fallback: Location = { file: context?.workflowFile ?? FALLBACK_FILE, line: 1 };
  const audited = { region: inputs.region, apiIds: inputs.apiIds, stages: inputs.stages };
  return {
    ...inputs,
    audited,
    fallback,
    rules: CATALOGUE,
    version: VERSION,
    documentation: documentationUrl(),
    category: `${NAME}/${keyOf(audited)}`,
  };
}

/** The page about the rules, in the repository and at the version that the workflow named. */
function documentationUrl(): string {
  const server = process.env.GITHUB_SERVER_URL || 'https://github.com';
  const { GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = process.env;
  return repository && ref
    ? `${server}/${repository}/blob/${encodeURI(ref)}/docs/how-it-judges.md`
    : 'https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html';
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
  try {
    await runner.writeSummary(`## ${title}\n\nNothing was judged.\n\n${list}\n`);
  } catch (unwritten) {
    core.warning(`The job summary could not be written: ${inLog(wordsOf(unwritten))}`);
  }
  return isConfiguration ? EXIT.configuration : EXIT.incomplete;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function bugReport(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This should not have happened, and is no fault of yours. Please open an issue with these lines:\n${stack}`;
}

/** Reads everything that decides the run: policy file, baseline, inputs, and the workflow's text. */
async function prepare(): Promise<{ inputs: Inputs; basis: Basis }> {
  const environment = process.env;
  const workspace = environment.GITHUB_WORKSPACE || process.cwd();
  const loaded = await loadPolicy(core.getInput, {
    readLocal: (path) => readLocalFile(workspace, path),
    readRemote: async (file) => {
      const token = core.getInput('github-token');
      return token === ''
        ? { problem: 'needs github-token, which is empty' }
        : readRemoteFile(connect(token), file);
    },
  });
  const inputs = readInputs({ getInput: core.getInput, environment }, loaded);
  const workflow = await readWorkflow(workspace);
  const sources = [workflow, loaded.source].filter((source) => source !== null);
  const { policy, baseline } = loaded;
  return {
    inputs,
    basis: { policy, baseline, sources, today: new Date().toISOString().slice(0, 10) },
  };
}

/** The workflow's own file, where it is checked out: findings point at the line that names their API. */
async function readWorkflow(workspace: string): Promise<SourceFile | null> {
  const { GITHUB_WORKFLOW_REF, GITHUB_REPOSITORY } = process.env;
  const file = workflowFileOf(GITHUB_WORKFLOW_REF, GITHUB_REPOSITORY);
  if (file === null) return null;
  const reading = await readLocalFile(workspace, file);
  return 'text' in reading && reading.text !== null ? { file, text: reading.text } : null;
}

try {
  const { inputs, basis } = await prepare();
  process.exitCode = await run(inputs, basis);
} catch (error) {
  process.exitCode = await giveUp(error);
}
