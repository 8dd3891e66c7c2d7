import type { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import type { ApiGateway } from './aws/api-gateway.js';
import type { RetrySettings } from './aws/retry.js';
import { composeReport } from './compose-report.js';
import {
  changesOf,
  deploymentsOf,
  keptOf,
  type Outcome,
  outcomeOf,
  transactionsOf,
} from './enforce/outcome.js';
import { ownerOf } from './enforce/owner.js';
import { type ApiPlan, isIdle, planEnforcement, refusalText } from './enforce/plan.js';
import { type CheckedPlan, checkPreconditions } from './enforce/preconditions.js';
import { finishInterrupted, type Recovery, type RecoveryWorld } from './enforce/recover.js';
import { type EnforcementWorld, enforceApi } from './enforce/transaction.js';
import { ConfigurationError } from './errors.js';
import { collectEvidence } from './evidence/collect.js';
import { type JoinedMethod, joinLayers } from './evidence/join.js';
import { type ApiEvidence, type Evidence, nameOf } from './evidence/model.js';
import type { Inputs } from './inputs.js';
import { type EnforcementProof, proveEnforcement, reasonsUnprovable } from './prove-enforcement.js';
import type { Finding, Owner, Report } from './report/report.js';
import { judge } from './rules/judge.js';
import { decideRowVerdicts, decideVerdict, provenStagesOf } from './rules/verdict.js';
import { credentialsForProbes } from './smoke/credentials.js';
import type { Prober } from './smoke/send.js';
import { type Observation, runSmokeTest } from './smoke/smoke-test.js';

/** The world that the gate acts on; `index.ts` makes the real one. */
export interface World extends RetrySettings {
  readonly apiGateway: ApiGateway;
  readonly sts: STSClient;
  readonly credentials: Provider<AwsCredentialIdentity>;
  readonly prober: Prober;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What only enforcement needs. */
  readonly enforcement: Omit<EnforcementWorld, 'apiGateway' | 'retries'> &
    Pick<RecoveryWorld, 'apiGatewayIn'>;
}

/**
 * The whole job: collect, judge, enforce where asked, ask the endpoint, judge again, report.
 *
 * @throws ConfigurationError where the inputs name what does not exist.
 * @throws Cancelled once what was changed is put back.
 */
export async function runGate(inputs: Inputs, world: World): Promise<Report> {
  const recovery = inputs.mode === 'enforce' ? await recover(world) : null;
  const before = await world.logger.group('Reading what is configured and what is deployed', () =>
    collectEvidence(inputs, world.apiGateway, world.logger),
  );
  refuseAmbiguousEndpoint(inputs, before);

  const outcomes = await enforceOrPlan(inputs, before, recovery, world);
  const current = await world.logger.group('Asking the endpoint: unsigned and signed', () =>
    lookAgain(inputs, before, outcomes, world),
  );
  const { evidence, rows, observations } = current;
  const findings = withFailedProofs(judge({ evidence, rows, observations }), outcomes);
  const isFailed = outcomes.some(({ state }) => state === 'restored' || state === 'left');
  return composeReport({
    mode: inputs.mode,
    region: inputs.region,
    endpointUrl: inputs.endpointUrl,
    evidence,
    rows,
    observations,
    findings,
    verdict: decideVerdict(findings, observations, isFailed || recovery?.isFinal === false),
    rowVerdicts: decideRowVerdicts(rows, findings),
    changes: outcomes.flatMap(changesOf),
    deployments: outcomes.flatMap(deploymentsOf),
    kept: outcomes.flatMap(keptOf),
    transactions: outcomes.flatMap(transactionsOf),
    owners: outcomes.flatMap(ownersOf),
    notes: [
      ...(recovery === null ? [] : [recovery.words]),
      ...outcomes.flatMap(notesOnOutcome),
      ...notesOn(evidence, inputs),
    ],
  });
}

/** Undoes what a killed run before this one has left in the journal. */
function recover({ enforcement, logger, ...retries }: World): Promise<Recovery | null> {
  const { journal, apiGatewayIn } = enforcement;
  return finishInterrupted({ journal, apiGatewayIn, retries: { ...retries, logger } });
}

type GateOutcome = Outcome<EnforcementProof>;

/** Plans, and in mode `enforce` carries the plans out, an API after the other. */
async function enforceOrPlan(
  inputs: Inputs,
  evidence: Evidence,
  recovery: Recovery | null,
  world: World,
): Promise<GateOutcome[]> {
  if (inputs.mode === 'audit') return [];
  const { logger } = world;
  const title = inputs.mode === 'plan' ? 'Planning what enforce would change' : 'Turning IAM on';
  return logger.group(title, async () => {
    const outcomes: GateOutcome[] = [];
    for (const drafted of planEnforcement(evidence.apis, inputs)) {
      const plan = await checkPlan(drafted, inputs, recovery, world);
      logger.info(describePlan(plan));
      const isCarriedOut = inputs.mode === 'enforce' && !isIdle(plan) && plan.refusals.length === 0;
      outcomes.push(
        isCarriedOut
          ? await enforceApi(plan, () => prove(plan, inputs, world), enforcementWorld(world))
          : outcomeOf(plan, plan.refusals.length > 0 ? 'not-attempted' : 'planned'),
      );
    }
    return outcomes;
  });
}

function enforcementWorld(world: World): EnforcementWorld {
  return { ...world.enforcement, apiGateway: world.apiGateway, retries: world };
}

/** Everything that must hold before the first change, and can be found out without one. */
async function checkPlan(
  plan: ApiPlan,
  inputs: Inputs,
  recovery: Recovery | null,
  world: World,
): Promise<CheckedPlan> {
  if (isIdle(plan)) return { ...plan, notes: [] };
  const checked = await checkPreconditions(plan, inputs.allowPendingChanges, world.apiGateway);
  const refusals = [
    ...checked.refusals,
    ...(recovery === null || recovery.isFinal ? [] : [recovery.words]),
    ...reasonsUnprovable(plan, inputs, inputs.endpointUrl),
  ];
  if (refusals.length === 0 && inputs.smokeTest && plan.stages.length > 0) {
    const credentials = await probeCredentials(inputs, world);
    if (typeof credentials !== 'function') {
      refusals.push(`signed requests could not be sent to prove it: ${credentials.unavailable}`);
    }
  }
  return { ...checked, refusals };
}

/** Whether the new deployment does what it should; the objections put it back. */
function prove(plan: ApiPlan, inputs: Inputs, world: World): Promise<EnforcementProof> {
  const { id } = plan.api;
  const moved = plan.stages.map(({ name }) => name);
  return proveEnforcement(plan, {
    smokeTest: inputs.smokeTest,
    collect: () => collectApi(plan.api, inputs, world),
    ask: (rows) => ask(inputs, rows, new Set(moved.map((stage) => `${id}/${stage}`)), world),
    judge: (api, rows, observations) => ({
      findings: judge({ evidence: { apis: [api], listing: null }, rows, observations }),
      provenStages: provenStagesOf(id, moved, observations),
    }),
  });
}

/** An API as it is now; its description is what it was. */
async function collectApi(
  { id, description }: ApiEvidence,
  inputs: Inputs,
  world: World,
): Promise<ApiEvidence> {
  const known = new Map(description.readable ? [[id, description.value]] : []);
  const scope = { ...inputs, apiIds: [id], known };
  const { apis } = await collectEvidence(scope, world.apiGateway, world.logger);
  const [api] = apis;
  if (api === undefined) throw new Error(`no evidence was collected of API ${id}`);
  return api;
}

/** What is there after enforcement, and what the endpoint says to it. */
async function lookAgain(
  inputs: Inputs,
  before: Evidence,
  outcomes: readonly GateOutcome[],
  world: World,
): Promise<{ evidence: Evidence; rows: JoinedMethod[]; observations: Observation[] }> {
  const apis: ApiEvidence[] = [];
  const rows: JoinedMethod[] = [];
  const asked = new Map<JoinedMethod, Observation>();
  for (const api of before.apis) {
    const outcome = outcomes.find(({ plan }) => plan.api === api);
    const isKept = outcome?.state === 'proven' || outcome?.state === 'applied';
    if (isKept && outcome.proof !== null) {
      const { proof } = outcome;
      apis.push(proof.api);
      rows.push(...proof.rows);
      for (const observation of proof.observations) asked.set(observation.row, observation);
      continue;
    }
    const isTouched = outcome?.state === 'restored' || outcome?.state === 'left';
    const now = isTouched ? await collectApi(api, inputs, world) : api;
    apis.push(now);
    rows.push(...joinLayers([now]));
  }
  const restored = new Set(
    outcomes.flatMap(({ plan, stageStates }) =>
      plan.stages.flatMap(({ name }, index) =>
        stageStates[index] === 'restored' ? [`${plan.api.id}/${name}`] : [],
      ),
    ),
  );
  const open = rows.filter((row) => !asked.has(row));
  for (const observation of await ask(inputs, open, restored, world)) {
    asked.set(observation.row, observation);
  }
  const observations = rows.flatMap((row) => asked.get(row) ?? []);
  return { evidence: { ...before, apis }, rows, observations };
}

/** The smoke test of some rows. */
async function ask(
  inputs: Inputs,
  rows: readonly JoinedMethod[],
  moved: ReadonlySet<string>,
  world: World,
): Promise<Observation[]> {
  const isSettling = ({ api, stage }: JoinedMethod): boolean =>
    stage !== null &&
    (moved.has(`${api.id}/${stage.name}`) ||
      world.now() - (stage.lastUpdatedMs ?? 0) < SETTLES_WITHIN_MS);
  const credentials =
    rows.length === 0 || !inputs.smokeTest
      ? world.credentials
      : await probeCredentials(inputs, world);
  const timeoutMs = inputs.smokeTimeoutMs;
  return runSmokeTest(rows, { ...inputs, ...world, timeoutMs, isSettling, credentials });
}

function probeCredentials(
  { invokeRoleArn }: Inputs,
  world: World,
): ReturnType<typeof credentialsForProbes> {
  return credentialsForProbes(invokeRoleArn, world.credentials, world.sts, world);
}

/**
 * What was found against a deployment that was taken back is no more true of the stage, and is the
 * reason why the gate fails: it stays among the findings, and says so.
 */
function withFailedProofs(
  findings: readonly Finding[],
  outcomes: readonly GateOutcome[],
): Finding[] {
  const known = new Set(findings.map(({ fingerprint }) => fingerprint));
  const reasons = outcomes.flatMap(({ state, proof }) =>
    state === 'restored' || state === 'left' ? (proof?.findings ?? []) : [],
  );
  const added = reasons
    .filter(({ fingerprint }) => !known.has(fingerprint))
    .map((reason) => ({
      ...reason,
      message: `On the deployment that enforce made and took back again: ${reason.message}`,
    }));
  return [...added, ...findings];
}

/**
 * A change reaches every server after an undocumented time. Public test suites of AWS see 20 to 40
 * seconds, and one report 4 minutes: a stage that was changed so lately may still change its answers.
 */
const SETTLES_WITHIN_MS = 5 * 60_000;

/** One URL cannot stand for several stages; how many there are is known only now. */
function refuseAmbiguousEndpoint(inputs: Inputs, { apis }: Evidence): void {
  const { endpointUrl, smokeTest } = inputs;
  if (!smokeTest || endpointUrl === null || endpointUrl.includes('{stage}')) return;
  const problems = apis.flatMap((api) => {
    const stages = api.stages.readable ? api.stages.value : [];
    if (stages.length < 2) return [];
    const names = stages.map(({ name }) => name).join(', ');
    return [
      `endpoint-url: it names one address, and API ${api.id} has the stages ${names}. Put {stage} into the URL, or name one stage.`,
    ];
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
}

function describePlan(plan: ApiPlan): string {
  const { api, changes, stages, refusals } = plan;
  const title = `${nameOf(api)} (${api.id})`;
  if (refusals.length > 0) return refusalText(plan);
  if (isIdle(plan)) return `${title}: nothing to change`;
  const moves = stages.map(({ name }) => name).join(', ');
  return `${title}: ${changes.length} methods to change; ${stages.length === 0 ? 'no deployment needed' : `one deployment, served by ${moves}`}`;
}

function notesOn({ apis, listing }: Evidence, inputs: Inputs): string[] {
  const notes: string[] = [];
  if (apis.length === 0 && listing === null) {
    notes.push(`There is no REST API in ${inputs.region}: nothing was judged.`);
  }
  for (const api of apis) {
    const name = `${nameOf(api)} (${api.id})`;
    if (api.stages.readable && api.stages.value.length === 0) {
      notes.push(`${name} has no stage to audit: it was judged on what is configured alone.`);
    }
    if (api.configured.readable && api.configured.value.size === 0) {
      notes.push(`${name} has no methods configured.`);
    }
  }
  return notes;
}

function notesOnOutcome({ plan, state, reasons, left }: Outcome): string[] {
  const name = `${nameOf(plan.api)} (${plan.api.id})`;
  const notes = [...plan.notes];
  if (state === 'refused') notes.push(refusalText(plan));
  if (state === 'restored') {
    notes.push(
      `Enforcement of ${name} did not succeed, and everything is as before. ${reasons.join(' ')}`,
    );
  }
  if (state === 'left') {
    notes.push(
      `Enforcement of ${name} did not succeed, and NOT everything could be put back: ${left.join('; ')}. Why it did not succeed: ${reasons.join(' ')}`,
    );
  }
  const [owner] = ownersOf({ plan });
  return owner === undefined ? notes : [...notes, owner.warning];
}

/** Who manages an API that is changed, or would be. */
function ownersOf({ plan }: Pick<Outcome, 'plan'>): Owner[] {
  const owner = isIdle(plan) ? null : ownerOf(plan.api);
  return owner === null ? [] : [owner];
}
