import type { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { isDecidedByIam } from './access/assess.js';
import { collectAccess } from './access/collect.js';
import type { ApiGateway } from './aws/api-gateway.js';
import type { Iam } from './aws/iam.js';
import type { RetrySettings } from './aws/retry.js';
import { composeAccess } from './compose-access.js';
import { composeReport } from './compose-report.js';
import { applyPlan } from './enforce/apply.js';
import { type GrantOutcome, grantOrPlan, settleGrants } from './enforce/grant/grant.js';
import { changesOf, deploymentsOf, keptOf, type Outcome, outcomeOf } from './enforce/outcome.js';
import { type ApiPlan, isIdle, planEnforcement, refusalText } from './enforce/plan.js';
import { ConfigurationError } from './errors.js';
import { collectEvidence } from './evidence/collect.js';
import { type JoinedMethod, joinLayers } from './evidence/join.js';
import { type ApiEvidence, type Evidence, nameOf } from './evidence/model.js';
import type { Inputs } from './inputs.js';
import { markKnown } from './policy/baseline.js';
import type { SourceFile } from './policy/load.js';
import { locateFindings } from './policy/locate.js';
import { allowedTypesOf, type Policy } from './policy/policy.js';
import type { Access, Report } from './report/report.js';
import { applyExceptions, isExcepted } from './rules/exceptions.js';
import { inReadingOrder, judge } from './rules/judge.js';
import { judgeAccess } from './rules/judge-access.js';
import { decideRowVerdicts, decideVerdict, isIncomplete } from './rules/verdict.js';
import { credentialsForProbes } from './smoke/credentials.js';
import { baseUrlOf } from './smoke/endpoint.js';
import type { Observation } from './smoke/observation.js';
import { select } from './smoke/select.js';
import type { Prober } from './smoke/send.js';
import { runSmokeTest } from './smoke/smoke-test.js';
import { readSurroundings, type Surroundings } from './smoke/surroundings.js';

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

/** What is judged by. */
export interface Basis {
  readonly policy: Policy;
  /** Fingerprints of findings that are known already. */
  readonly baseline: ReadonlySet<string>;
  /** The workflow and the policy file, where findings may point. */
  readonly sources: readonly SourceFile[];
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
}

/**
 * The whole job: collect, judge, enforce where asked, ask the endpoint, judge again, report.
 *
 * @throws ConfigurationError where the inputs name what does not exist.
 */
export async function runGate(inputs: Inputs, basis: Basis, world: World): Promise<Report> {
  const { logger } = world;
  const collect = (title: string): Promise<Evidence> =>
    logger.group(title, () => collectEvidence(inputs, world.apiGateway, logger));

  const before = await collect('Reading what is configured and what is deployed');
  refuseAmbiguousEndpoint(inputs, before);
  const { policy } = basis;
  const rowsOf = ({ apis }: Evidence): JoinedMethod[] =>
    joinLayers(apis, (method, path) => allowedTypesOf(policy, method, path));
  /** The rows whose callers need a right: all but those that an exception lets do without IAM. */
  const invokedOf = (rows: readonly JoinedMethod[]): JoinedMethod[] =>
    rows.filter((row) => !isExcepted(row, policy.exceptions, basis.today));
  const accessBefore = await collectAccess(inputs, before, world.iam);

  // Callers get their rights before methods begin to ask for them.
  const grants = await grantOrPlan(inputs, invokedOf(rowsOf(before)), accessBefore, world);
  const outcomes = await enforceOrPlan(inputs, basis, before, world);
  const touched = outcomes.some(({ changeStates, stageStates }) =>
    [...changeStates, ...stageStates].some((it) => it !== 'planned' && it !== 'not-attempted'),
  );
  const evidence = touched ? await collect('Reading again what is there now') : before;

  const rows = rowsOf(evidence);
  const invoked = invokedOf(rows);
  const access = grants.some(({ state }) => state === 'applied' || state === 'failed')
    ? await settleGrants(grants, invoked, () => collectAccess(inputs, evidence, world.iam), world)
    : accessBefore;
  const { observations, surroundings } = await ask(
    inputs,
    policy,
    rows,
    { outcomes, grants },
    world,
  );
  const found = [...judge({ evidence, rows, observations }), ...judgeAccess(rows, invoked, access)];
  const excepted = applyExceptions(
    found,
    policy.exceptions,
    evidence,
    basis.today,
    inputs.apiIds === '*' && inputs.stages === '*',
  );
  const findings = locateFindings(
    markKnown(inReadingOrder(excepted.findings), basis.baseline),
    basis.sources,
  );
  const accessReport = composeAccess(invoked, access, inputs.invokeGroup, grants);
  return composeReport({
    mode: inputs.mode,
    region: inputs.region,
    baseUrlOf: (api, stage) => addressOf(api, stage, inputs, surroundings),
    evidence,
    rows,
    observations,
    findings,
    suppressed: excepted.suppressed,
    exceptions: excepted.exceptions,
    verdict: decideVerdict(findings, observations),
    incomplete: isIncomplete(findings, observations),
    rowVerdicts: decideRowVerdicts(rows, findings),
    changes: outcomes.flatMap(changesOf),
    deployments: outcomes.flatMap(deploymentsOf),
    kept: outcomes.flatMap(keptOf),
    access: accessReport,
    notes: [
      ...notesOn(evidence),
      ...notesOnAccess(accessReport, invoked),
      ...surroundings.notes,
      ...outcomes.flatMap(notesOnOutcome),
      ...grants.flatMap(notesOnGrant),
    ],
  });
}

/** Plans, and in mode `enforce` carries the plans out, an API after the other. */
async function enforceOrPlan(
  inputs: Inputs,
  basis: Basis,
  evidence: Evidence,
  world: World,
): Promise<Outcome[]> {
  if (inputs.mode === 'audit') return [];
  const { logger } = world;
  const title = inputs.mode === 'plan' ? 'Planning what enforce would change' : 'Turning IAM on';
  return logger.group(title, async () => {
    const outcomes: Outcome[] = [];
    const options = { ...inputs, ...basis };
    for (const plan of planEnforcement(evidence.apis, options)) {
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

/** What the smoke test came to, and what it stood on. */
interface Asked {
  readonly observations: readonly Observation[];
  readonly surroundings: Surroundings;
}

/** The smoke test; its log group appears only where something may be asked. */
async function ask(
  inputs: Inputs,
  policy: Policy,
  rows: readonly JoinedMethod[],
  { outcomes, grants }: { outcomes: readonly Outcome[]; grants: readonly GrantOutcome[] },
  world: World,
): Promise<Asked> {
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

  const selection = { ...inputs, samples: policy.samples };
  const apis = new Set(
    rows.flatMap((row) => (typeof select(row, selection) === 'string' ? [] : [row.api])),
  );
  const settings = { ...selection, ...world, timeoutMs: inputs.smokeTimeoutMs, isSettling };
  const prepare = (): Promise<Surroundings> =>
    readSurroundings([...apis], inputs, world.apiGateway);
  // With nothing to ask there is nothing to read and no role to assume.
  if (apis.size === 0) {
    const surroundings = await prepare();
    return { observations: await runSmokeTest(rows, { ...settings, surroundings }), surroundings };
  }
  return world.logger.group('Asking the endpoint: unsigned, tampered and signed', async () => {
    const { invokeRoleArn } = inputs;
    const [surroundings, credentials] = await Promise.all([
      prepare(),
      credentialsForProbes(invokeRoleArn, world.credentials, world.sts, world),
    ]);
    const test = { ...settings, surroundings, credentials };
    return { observations: await runSmokeTest(rows, test), surroundings };
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

/** Where callers find a stage, as far as it is known. */
function addressOf(
  api: ApiEvidence,
  stage: string,
  { region, endpointUrl }: Inputs,
  { whereabouts }: Surroundings,
): string {
  const where = whereabouts(api, stage);
  return 'baseUrl' in where
    ? where.baseUrl
    : baseUrlOf({ apiId: api.id, stage, region }, endpointUrl);
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

function notesOn({ apis }: Evidence): string[] {
  const notes: string[] = [];
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

function notesOnAccess(
  { group, invokePolicy }: Access,
  invoked: readonly JoinedMethod[],
): string[] {
  const notes: string[] = [];
  if (group?.users === 0) {
    notes.push(`Group ${group.name} has no users: what it may invoke lets nobody in.`);
  }
  if (invokePolicy?.exact === false) {
    notes.push(
      'The output invoke-policy allows more than the audited methods: naming each would be larger than IAM takes (6,144 characters). Audit fewer stages a step for an exact one.',
    );
  }
  if (invokePolicy === null && invoked.some((row) => row.stage !== null && isDecidedByIam(row))) {
    notes.push(
      'There is no invoke-policy: not even one ARN an API fits into the 6,144 characters that IAM takes. Audit fewer APIs a step.',
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
