import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { partition } from '@aws-sdk/core/client';
import { getProxyForUrl } from 'proxy-from-env';
import { createApiGateway } from '../aws/api-gateway.js';
import { endpointVariablesIn } from '../aws/endpoint-variable.js';
import { ProxiedHttpHandler } from '../aws/http-handler.js';
import type { RetrySettings } from '../aws/retry.js';
import {
  createJournal,
  type Journal,
  JournalUnreadable,
  journalPath,
} from '../enforce/transaction/journal.js';
import { readProvenance } from '../enforce/transaction/provenance.js';
import { type Basis, runGate } from '../gate/gate.js';
import type { Inputs } from '../inputs/table.js';
import { Cancelled } from '../model/cancellation.js';
import { createProber, PROBE_TIMEOUTS } from '../probe/send.js';
import { EXIT } from '../publish/exit-code.js';
import { type ParsedContext, parseGitHubContext } from '../publish/github/context.js';
import { explainMissingCredentials } from '../publish/github/missing-credentials.js';
import { publish } from '../publish/publish.js';
import { inLog } from '../report/escape.js';
import { NAME, VERSION } from '../version.js';
import { listenForCancellation, NEVER, sleep, sleepUnless } from './cancel.js';
import { connect } from './connect.js';
import { openControlPlanes, retriesWith } from './control-plane.js';
import { deliver, giveUp } from './give-up.js';
import { prepare } from './prepare.js';
import { publishSettings } from './publish-settings.js';
import { logger, maskSecret, runner } from './runner.js';
import { saveJournalPath } from './state.js';

/**
 * The main step: reads the environment, builds what the gate needs, and runs it.
 *
 * @returns the exit code.
 */
export async function runAsMain(): Promise<number> {
  try {
    const { inputs, basis } = await prepare();
    return await run(inputs, basis);
  } catch (error) {
    return giveUp(error);
  }
}

async function run(inputs: Inputs, basis: Basis): Promise<number> {
  const journal = createJournal(journalPath(inputs.reportDir), process.env);
  const isEnforce = inputs.mode === 'enforce';
  if (isEnforce) saveJournalPath(journal.path, inputs);
  const cancellation = isEnforce ? listenForCancellation() : NEVER;
  const parsed = await readContext();
  const retries: RetrySettings = {
    ...retriesWith(sleepUnless(cancellation), inputs.awsTimeoutMs),
    partition: partition(inputs.region).name,
    endpointVariables: endpointVariablesIn(process.env),
    region: inputs.region,
    onMissingCredentials: explainMissingCredentials(parsed.ok ? parsed.context : null),
  };
  const undoing = retriesWith(sleep, inputs.awsTimeoutMs);
  const control = openControlPlanes(inputs.quotaShare, inputs.awsTimeoutMs);
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
      onSecret: maskSecret,
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
    return await publish(report, publishSettings(inputs, parsed, report), runner, {
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
  runner.error(inLog(`The job was cancelled while IAM was being turned on. ${ending}`), {
    title: 'Cancelled',
  });
  await deliver('The outputs', () => runner.setOutput('verdict', 'incomplete'));
  return EXIT.incomplete;
}

async function readContext(): Promise<ParsedContext> {
  const path = process.env.GITHUB_EVENT_PATH;
  const event = path ? await readFile(path, 'utf8').catch(() => null) : null;
  return parseGitHubContext(process.env, event);
}
