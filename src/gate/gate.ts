import { collectAccess } from '../access/collect.js';
import { withTarget } from '../config/baseline.js';
import { locateFindings } from '../config/locate.js';
import { isRequiredType } from '../config/requirement.js';
import {
  changesOf,
  deploymentsOf,
  keptOf,
  type Outcome,
  transactionsOf,
} from '../enforce/outcome.js';
import { ownerOf } from '../enforce/owner.js';
import { isIdle, refusalText } from '../enforce/plan.js';
import { collectEvidence } from '../evidence/collect.js';
import { readIdentity } from '../evidence/identity.js';
import type { JoinedMethod } from '../evidence/join.js';
import type { Inputs } from '../inputs/table.js';
import { ConfigurationError } from '../model/errors.js';
import { type ApiEvidence, type Evidence, nameOf, type Reading } from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { baseUrlOf } from '../probe/endpoint.js';
import type { Surroundings } from '../probe/surroundings.js';
import { buildReport } from '../report/build.js';
import { buildAccess } from '../report/build-access.js';
import type { Owner, Report } from '../report/report.js';
import { applyExceptions } from '../rules/exceptions.js';
import { judge } from '../rules/judge.js';
import { markKnown } from '../rules/known.js';
import {
  decideRowVerdicts,
  decideVerdict,
  isIncomplete,
  notesOnUnproven,
} from '../rules/verdict.js';
import {
  accessAfter,
  enforceWithGrants,
  grantedStages,
  invokedOf,
  notesOnAccess,
  notesOnGrant,
} from './access.js';
import { type Basis, type World, withinLimit } from './dependencies.js';
import { enforceOrPlan, type GateOutcome, recover, requirementOf } from './enforce.js';
import { lookAgain } from './look-again.js';

export type { Basis, World } from './dependencies.js';

/**
 * The whole job: collect, judge, enforce where asked, ask the endpoint, judge again, report.
 *
 * @throws ConfigurationError where the inputs name what does not exist.
 * @throws Cancelled once what was changed is put back.
 */
export async function runGate(inputs: Inputs, basis: Basis, world: World): Promise<Report> {
  const recovery = inputs.mode === 'enforce' ? await recover(inputs, world) : null;
  const [before, identity] = await world.logger.group(
    'Reading what is configured and what is deployed',
    () =>
      Promise.all([
        withinLimit(world, () =>
          collectEvidence({ ...inputs, ...requirementOf(basis) }, world.apiGateway, world.logger),
        ),
        readIdentity(world.iam),
      ]),
  );
  const target = { account: identity.readable ? identity.value : null, region: inputs.region };
  refuseAmbiguousEndpoint(inputs, before);
  const accessBefore = await collectAccess(inputs, before, world.iam);

  const { outcomes, grants } = await enforceWithGrants(
    inputs,
    basis,
    before,
    accessBefore,
    recovery,
    (grants) => enforceOrPlan(inputs, basis, before, recovery, grants, world),
    world,
  );
  const now = await lookAgain(inputs, basis, before, outcomes, grantedStages(grants), world);
  const { evidence, rows, observations, surroundings } = now;
  const invoked = invokedOf(rows, basis);
  const access = await accessAfter(inputs, evidence, invoked, accessBefore, grants, world);

  const judged = judge({ evidence, rows, observations, invoked, access, asked: inputs });
  const found = withFailedProofs(judged, outcomes);
  const excepted = applyExceptions(
    found,
    basis.policy.exceptions,
    evidence,
    basis.today,
    inputs.apiIds === '*' && inputs.stages === '*',
  );
  const findings = locateFindings(
    markKnown(withTarget(excepted.findings, target), basis.baseline),
    basis.sources,
  );
  const accessReport = buildAccess(invoked, access, inputs.invokeGroup, grants);
  const isFailed = outcomes.some(({ state }) => state === 'restored' || state === 'left');
  return buildReport({
    mode: inputs.mode,
    region: inputs.region,
    target,
    baseUrlOf: (api, stage) => addressOf(api, stage, inputs, surroundings),
    evidence,
    rows,
    observations,
    findings,
    suppressed: excepted.suppressed,
    exceptions: excepted.exceptions,
    verdict: decideVerdict(findings, observations, isFailed || recovery?.isFinal === false),
    incomplete: isIncomplete(findings, observations),
    rowVerdicts: decideRowVerdicts(rows, findings, observations),
    changes: outcomes.flatMap(changesOf),
    deployments: outcomes.flatMap(deploymentsOf),
    kept: outcomes.flatMap(keptOf),
    access: accessReport,
    transactions: outcomes.flatMap(transactionsOf),
    owners: outcomes.flatMap(ownersOf),
    notes: [
      ...(recovery === null ? [] : [recovery.words]),
      ...outcomes.flatMap(notesOnOutcome),
      ...grants.flatMap(notesOnGrant),
      ...notesOn(evidence),
      ...notesOnIdentity(identity),
      ...basis.notes,
      ...notesOnAllowedTypes(rows),
      ...notesOnAccess(accessReport, invoked),
      ...surroundings.notes,
      ...notesOnUnproven(findings, observations),
    ],
  });
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
  { whereabouts }: Pick<Surroundings, 'whereabouts'>,
): string {
  const where = whereabouts(api, stage);
  return 'baseUrl' in where
    ? where.baseUrl
    : baseUrlOf({ apiId: api.id, stage, region }, endpointUrl);
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

/** The audit does without the account; what is kept from run to run does not. */
function notesOnIdentity(identity: Reading<string>): string[] {
  if (identity.readable) return [];
  return [
    `Which account was audited is not known: ${identity.call} ${identity.reason}. ${identity.remedy} Until then the drift issue, the comment and the analysis are those of the APIs that were found, and not the account's.`,
  ];
}

/** What the policy lets by is no finding, and no secret. */
function notesOnAllowedTypes(rows: readonly JoinedMethod[]): string[] {
  const methods = new Map<string, number>();
  for (const { deployed, allowedTypes } of rows) {
    if (deployed === null || isRequiredType(deployed) || !allowedTypes.includes(deployed)) continue;
    methods.set(deployed, (methods.get(deployed) ?? 0) + 1);
  }
  return [...methods].map(
    ([type, count]) =>
      `The policy file allows ${type}, with which ${count} of the methods are served.`,
  );
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
