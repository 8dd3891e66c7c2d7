import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as core from '@actions/core';
import { partition } from '@aws-sdk/core/client';
import { getProxyForUrl } from 'proxy-from-env';
import { type ApiGateway, createApiGateway } from './aws/api-gateway.js';
import { type AwsClients, createAwsClients } from './aws/clients.js';
import { ProxiedHttpHandler } from './aws/http-handler.js';
import { createIam, type Iam } from './aws/iam.js';
import { createQuotas, type Quotas } from './aws/quotas.js';
import type { RetrySettings } from './aws/retry.js';
import { type Cancellation, Cancelled, createCancellation } from './cancellation.js';
import { createJournal, type Journal, JournalUnreadable, journalPath } from './enforce/journal.js';
import { readProvenance } from './enforce/provenance.js';
import { parseAsked } from './enforce/recover.js';
import { ConfigurationError } from './errors.js';
import { type Basis, runGate } from './gate.js';
import { type Inputs, readInputs } from './inputs.js';
import { readLocalFile } from './local-file.js';
import type { Logger } from './logger.js';
import { loadPolicy, notesOnPreset, type SourceFile } from './policy/load.js';
import { workflowFileOf } from './policy/locate.js';
import { runPost } from './post.js';
import { EXIT } from './publish/exit-code.js';
import { createGitHub, type GitHub } from './publish/github/client.js';
import { type ParsedContext, parseGitHubContext } from './publish/github/context.js';
import { keyOf } from './publish/github/marker.js';
import { explainMissingCredentials } from './publish/github/missing-credentials.js';
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

/** Keys of what the main step leaves to its post step. */
const STATE = { isPost: 'isPost', journal: 'journal', asked: 'asked' } as const;

const NEVER: Cancellation = { requested: false, onRequest: () => () => {} };

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A sleep that ends with Cancelled when the job is cancelled. */
function sleepUnless(cancellation: Cancellation): (ms: number) => Promise<void> {
  return (ms) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        forget();
        resolve();
      }, ms);
      const forget = cancellation.onRequest(() => {
        clearTimeout(timer);
        reject(new Cancelled());
      });
    });
}

/**
 * A runner that cancels a job sends SIGINT, SIGTERM 7.5 s later, and kills 2.5 s after that; then it
 * runs the post steps, with five minutes for everything (GitHub Docs, "Workflow cancellation";
 * actions/runner, src/Runner.Sdk/ProcessInvoker.cs). So what was changed is put back at once, and where
 * the time does not suffice the post step goes on. Only enforce has something to put back: the other
 * modes end as any process does.
 */
function listenForCancellation(): Cancellation {
  const cancellation = createCancellation();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!cancellation.requested) core.info(`${signal}: the job is being cancelled`);
      cancellation.request();
    });
  }
  return cancellation;
}

async function run(inputs: Inputs, basis: Basis): Promise<number> {
  const journal = createJournal(journalPath(inputs.reportDir));
  const isEnforce = inputs.mode === 'enforce';
  if (isEnforce) {
    core.saveState(STATE.asked, { region: inputs.region, apiIds: inputs.apiIds });
    core.saveState(STATE.journal, journal.path);
  }
  const cancellation = isEnforce ? listenForCancellation() : NEVER;
  const parsed = await readContext();
  const retries: RetrySettings = {
    ...retriesWith(sleepUnless(cancellation)),
    partition: partition(inputs.region).name,
    onMissingCredentials: explainMissingCredentials(parsed.ok ? parsed.context : null),
  };
  const undoing = retriesWith(sleep);
  const control = openControlPlane();
  const prober = createProber(
    new ProxiedHttpHandler(getProxyForUrl, PROBE_TIMEOUTS),
    `${NAME}/${VERSION}`,
    Date.now,
  );
  try {
    const { clients, quotas } = control.in(inputs.region);
    const report = await runGate(inputs, basis, {
      ...retries,
      apiGateway: createApiGateway(clients.apiGateway, quotas, retries, cancellation),
      iam: control.iamIn(inputs.region, retries),
      sts: clients.sts,
      credentials: clients.apiGateway.config.credentials,
      prober,
      now: Date.now,
      enforcement: {
        journal,
        region: inputs.region,
        provenance: readProvenance(process.env),
        newToken: randomUUID,
        undoing: {
          apiGateway: control.apiGatewayIn(inputs.region, undoing),
          iam: control.iamIn(inputs.region, undoing),
          retries: undoing,
        },
        apiGatewayIn: (region) => control.apiGatewayIn(region, undoing),
        iamIn: (region) => control.iamIn(region, undoing),
      },
    });
    return await publish(report, publishSettings(inputs, parsed), runner, {
      parsed,
      connect,
      logger,
    });
  } catch (error) {
    if (error instanceof Cancelled) return await endCancelled(journal);
    throw error;
  } finally {
    prober.destroy();
    control.destroy();
  }
}

/** What the post step does: see action.yml. */
async function runAsPost(): Promise<number> {
  const path = core.getState(STATE.journal);
  if (path === '') return EXIT.pass;
  const control = openControlPlane();
  const retries = retriesWith(sleep);
  const apiGatewayIn = (region: string): ApiGateway => control.apiGatewayIn(region, retries);
  const iamIn = (region: string): Iam => control.iamIn(region, retries);
  try {
    const asked = parseAsked(core.getState(STATE.asked));
    const journal = createJournal(path);
    return await runPost({ journal, asked, apiGatewayIn, iamIn, retries }, runner);
  } finally {
    control.destroy();
  }
}

function retriesWith(pause: RetrySettings['sleep']): RetrySettings {
  return { logger, maxAttempts: maxAttempts(), sleep: pause, random: Math.random };
}

/** The SDK's clients and our count of the quotas, one of each a region. */
interface Region {
  readonly clients: AwsClients;
  readonly quotas: Quotas;
}

function openControlPlane() {
  const regions = new Map<string, Region>();
  const open = (region: string): Region => {
    const known = regions.get(region);
    if (known !== undefined) return known;
    const clients = createAwsClients(region, [NAME, VERSION], getProxyForUrl);
    const opened = { clients, quotas: createQuotas() };
    regions.set(region, opened);
    return opened;
  };
  return {
    in: open,
    /** The control plane of a region for undoing: a cancelled job does not stop it. */
    apiGatewayIn(region: string, retries: RetrySettings): ApiGateway {
      const { clients, quotas } = open(region);
      return createApiGateway(clients.apiGateway, quotas, retries, NEVER);
    },
    iamIn(region: string, retries: RetrySettings): Iam {
      const { clients } = open(region);
      return createIam(clients.iam, clients.sts, retries);
    },
    destroy(): void {
      for (const { clients } of regions.values()) clients.destroy();
    },
  };
}

async function isUnfinished(journal: Journal): Promise<boolean> {
  try {
    return (await journal.readUnfinished()) !== null;
  } catch (error) {
    if (error instanceof JournalUnreadable) return true;
    throw error;
  }
}

/** A cancelled job gets no report: nobody waits for one, and there are seconds left. */
async function endCancelled(journal: Journal): Promise<number> {
  const isOpen = await isUnfinished(journal);
  const ending = isOpen
    ? `Not everything is put back yet: the post step goes on with the journal ${journal.path}.`
    : 'Nothing is left half done: what was not proven yet was put back.';
  core.setOutput('verdict', 'incomplete');
  core.error(inLog(`The job was cancelled while IAM was being turned on. ${ending}`), {
    title: 'Cancelled',
  });
  return EXIT.incomplete;
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
    basis: {
      policy,
      baseline,
      sources,
      notes: notesOnPreset(loaded.inputs, core.getInput),
      today: new Date().toISOString().slice(0, 10),
    },
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

async function runAsMain(): Promise<number> {
  core.saveState(STATE.isPost, 'true');
  const { inputs, basis } = await prepare();
  return run(inputs, basis);
}

try {
  process.exitCode = await (core.getState(STATE.isPost) === 'true' ? runAsPost() : runAsMain());
} catch (error) {
  process.exitCode = await giveUp(error);
}
