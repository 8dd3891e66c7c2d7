import type { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { collectAccess } from './access/collect.js';
import type { AccessEvidence } from './access/model.js';
import type { ApiGateway } from './aws/api-gateway.js';
import type { Iam } from './aws/iam.js';
import type { RetrySettings } from './aws/retry.js';
import { composeAccess, policyFor } from './compose-access.js';
import { composeReport } from './compose-report.js';
import { applyPlan } from './enforce/apply.js';
import { type GrantOutcome, grantOrPlan, settleGrants } from './enforce/grant/grant.js';
import { changesOf, deploymentsOf, keptOf, type Outcome, outcomeOf } from './enforce/outcome.js';
import { type ApiPlan, isIdle, planEnforcement, refusalText } from './enforce/plan.js';
import { ConfigurationError } from './errors.js';
import { collectEvidence } from './evidence/collect.js';
import { type JoinedMethod, joinLayers } from './evidence/join.js';
import { type Evidence, nameOf } from './evidence/model.js';
import type { Inputs } from './inputs.js';
import type { Report } from './report/report.js';
import { inReadingOrder, judge } from './rules/judge.js';
import { judgeAccess } from './rules/judge-access.js';
import { decideRowVerdicts, decideVerdict } from './rules/verdict.js';
import { credentialsForProbes } from './smoke/credentials.js';
import type { Prober } from './smoke/send.js';
import { type Observation, runSmokeTest } from './smoke/smoke-test.js';

/** The world that the gate acts on; `index.ts` makes the real one. */
export interface World extends RetrySettings {
  readonly apiGateway: ApiGateway;
  readonly iam: Iam;
  readonly sts: STSClient;
  readonly credentials: Provider<AwsCredentialIdentity>;
  readonly prober: Prober;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * The whole job: collect, judge, enforce where asked, ask the endpoint, judge again, report.
 *
 * @throws ConfigurationError where the inputs name what does not exist.
 */
export async function runGate(inputs: Inputs, world: World): Promise<Report> {
  const { logger } = world;
  const collect = (title: string): Promise<Evidence> =>
    logger.group(title, () => collectEvidence(inputs, world.apiGateway, logger));

  const before = await collect('Reading what is configured and what is deployed');
  refuseAmbiguousEndpoint(inputs, before);
  const accessBefore = await collectAccess(inputs, before, world.iam);

  // Callers get their rights before methods begin to ask for them.
  const grants = await grantOrPlan(inputs, joinLayers(before.apis), accessBefore, world);
  const outcomes = await enforceOrPlan(inputs, before, world);
  const touched = outcomes.some(({ changeStates, stageStates }) =>
    [...changeStates, ...stageStates].some((it) => it !== 'planned' && it !== 'not-attempted'),
  );
  const evidence = touched ? await collect('Reading again what is there now') : before;

  const rows = joinLayers(evidence.apis);
  const access = grants.some(({ state }) => state === 'applied' || state === 'failed')
    ? await settleGrants(grants, rows, () => collectAccess(inputs, evidence, world.iam), world)
    : accessBefore;
  const observations = await ask(inputs, rows, { outcomes, grants }, world);
  const findings = inReadingOrder([
    ...judge({ evidence, rows, observations }),
    ...judgeAccess(rows, access),
  ]);
  return composeReport({
    mode: inputs.mode,
    region: inputs.region,
    endpointUrl: inputs.endpointUrl,
    evidence,
    rows,
    observations,
    findings,
    verdict: decideVerdict(findings, observations),
    rowVerdicts: decideRowVerdicts(rows, findings),
    changes: outcomes.flatMap(changesOf),
    deployments: outcomes.flatMap(deploymentsOf),
    kept: outcomes.flatMap(keptOf),
    access: composeAccess(rows, access, inputs.invokeGroup, grants),
    notes: [
      ...notesOn(evidence, inputs),
      ...notesOnAccess(rows, access),
      ...outcomes.flatMap(notesOnOutcome),
      ...grants.flatMap(notesOnGrant),
    ],
  });
}

/** Plans, and in mode `enforce` carries the plans out, an API after the other. */
async function enforceOrPlan(inputs: Inputs, evidence: Evidence, world: World): Promise<Outcome[]> {
  if (inputs.mode === 'audit') return [];
  const { logger } = world;
  const title = inputs.mode === 'plan' ? 'Planning what enforce would change' : 'Turning IAM on';
  return logger.group(title, async () => {
    const outcomes: Outcome[] = [];
    for (const plan of planEnforcement(evidence.apis, inputs)) {
      logger.info(describePlan(plan));
      if (inputs.mode === 'plan') for (const line of planLines(plan)) logger.info(line);
      const isCarriedOut = inputs.mode === 'enforce' && !isIdle(plan) && plan.refusals.length === 0;
      outcomes.push(
        isCarriedOut
          ? await applyPlan(plan, world.apiGateway, logger)
          : outcomeOf(plan, plan.refusals.length > 0 ? 'not-attempted' : 'planned'),
      );
    }
    return outcomes;
  });
}

/** The smoke test; its log group appears only where something is asked. */
async function ask(
  inputs: Inputs,
  rows: readonly JoinedMethod[],
  { outcomes, grants }: { outcomes: readonly Outcome[]; grants: readonly GrantOutcome[] },
  world: World,
): Promise<Observation[]> {
  const moved = new Set(
    outcomes.flatMap(({ plan, stageStates }) =>
      plan.stages.flatMap(({ name }, index) =>
        stageStates[index] === 'moved' ? [`${plan.api.id}/${name}`] : [],
      ),
    ),
  );
  // A right that was granted a moment ago reaches the endpoint as late as a deployment.
  for (const { plan, state } of grants) {
    if (state === 'applied') moved.add(`${plan.apiId}/${plan.stage}`);
  }
  const isSettling = ({ api, stage }: JoinedMethod): boolean =>
    stage !== null &&
    (moved.has(`${api.id}/${stage.name}`) ||
      world.now() - (stage.lastUpdatedMs ?? 0) < SETTLES_WITHIN_MS);

  const settings = { ...inputs, ...world, timeoutMs: inputs.smokeTimeoutMs, isSettling };
  if (!inputs.smokeTest) return runSmokeTest(rows, settings);
  return world.logger.group('Asking the endpoint: unsigned and signed', async () => {
    const { invokeRoleArn } = inputs;
    const own = world.credentials;
    const credentials = await credentialsForProbes(invokeRoleArn, own, world.sts, world);
    return runSmokeTest(rows, { ...settings, credentials });
  });
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

/** The plan as a diff, a line a method; enforce says the same while it does it. */
function planLines({ changes, kept }: ApiPlan): string[] {
  return [
    ...changes.map(({ method, path, from, to }) => `  ${method} ${path}: ${from} -> ${to}`),
    ...kept.map(
      ({ method, path, authorizationType, reason }) =>
        `  ${method} ${path}: ${authorizationType} stays: ${reason}`,
    ),
  ];
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

function notesOnAccess(rows: readonly JoinedMethod[], access: AccessEvidence): string[] {
  const { group } = access;
  const notes: string[] = [];
  if (group?.readable === true && group.value.userArns.length === 0) {
    notes.push(`Group ${group.value.name} has no users: what it may invoke lets nobody in.`);
  }
  const policy = policyFor(rows, access);
  if (policy?.isExact === false) {
    notes.push(
      'The output invoke-policy allows more than the audited methods: naming each would be larger than IAM takes (6,144 characters). Audit fewer stages a step for an exact one.',
    );
  }
  if (policy === null && rows.some(({ stage }) => stage !== null)) {
    notes.push(
      'There is no invoke-policy: nothing is to be invoked, or not even one ARN an API fits into the 6,144 characters that IAM takes.',
    );
  }
  return notes;
}

function notesOnGrant({ plan, problem }: GrantOutcome): string[] {
  if (problem !== null) return [problem];
  if (plan.refusals.length === 0) return [];
  return [`Nothing was granted for ${plan.apiId}/${plan.stage}: ${plan.refusals.join('; ')}.`];
}

function notesOnOutcome({ plan, problem }: Outcome): string[] {
  const refused = plan.refusals.length > 0 ? [refusalText(plan)] : [];
  return problem === null ? refused : [...refused, problem];
}
