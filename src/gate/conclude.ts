import type { AccessEvidence } from '../access/model.js';
import { redact } from '../aws/redact.js';
import type { Inputs } from '../inputs/table.js';
import { type ApiEvidence, type Evidence, nameOf } from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { addressOf, baseUrlOf } from '../probe/endpoint.js';
import { buildReport } from '../report/build.js';
import { buildAccess } from '../report/build-access.js';
import type { Report } from '../report/report.js';
import { judge } from '../rules/judge.js';
import { notesOnUnproven } from '../rules/verdict.js';
import type { Assignment } from './assignment.js';
import type { Identity } from './collect.js';
import { decide } from './decide.js';
import type { Enforced } from './enforced.js';
import { notesOnAccess, notesOnAllowedTypes, notesOnApis, notesOnIdentity } from './notes.js';
import type { Present } from './present.js';
import { invokedOf } from './rows.js';
import { sentenceOf } from './select.js';
import { withDeclared } from './with-declared.js';

/** Judges what is there now, and puts all that was found into the report: the end of every run. */
export function conclude(
  assignment: Assignment,
  identity: Identity,
  present: Present,
  access: AccessEvidence,
  enforced: Enforced,
): Report {
  const { inputs, basis } = assignment;
  const invoked = invokedOf(present.rows, assignment);
  const withFiles = withDeclared(present, assignment);
  const { evidence, rows, observations, surroundings } = withFiles.present;
  const { region, account } = identity;
  const target = { account: account.readable ? account.value : null, region };

  const judged = judge({ evidence, rows, observations, invoked, access, asked: inputs });
  const decided = decide(
    assignment,
    withFiles.present,
    withFailedProofs(judged, enforced),
    target,
    enforced.isFailed,
  );
  const accessReport = buildAccess(invoked, access, inputs.invokeGroup, enforced.grants);
  const { changes, deployments, kept, transactions, owners } = enforced;
  return buildReport({
    mode: inputs.mode,
    region,
    target,
    baseUrlOf: (api, stage) => whereCallersFind(api, stage, inputs, surroundings),
    evidence,
    rows,
    observations,
    ...decided,
    ...{ changes, deployments, kept, transactions, owners },
    access: accessReport,
    selectors: selectorsOf(assignment),
    notes: [
      ...enforced.notes,
      ...notesOnSelectors(assignment, present.evidence),
      ...notesOnApis(present.evidence),
      ...notesOnIdentity(identity),
      ...withFiles.notes,
      ...basis.notes,
      ...notesOnAllowedTypes(rows),
      ...notesOnAccess(accessReport, invoked),
      ...surroundings.notes,
      ...notesOnUnproven(decided.findings, observations),
    ],
    changeNotes: enforced.notes,
  });
}

/** A stack's resources have no names; by now the APIs themselves said theirs. */
function notesOnSelectors({ selection }: Assignment, { apis: read }: Evidence): string[] {
  const names = new Map(read.map((api) => [api.id, nameOf(api)]));
  return (selection?.matched ?? []).map(({ selector, apis }) =>
    sentenceOf({ selector, apis: apis.map(({ id }) => ({ id, name: names.get(id) ?? null })) }),
  );
}

/** What each selector stands for; `undefined`, and so not in the report, where none was given. */
function selectorsOf({ selection }: Assignment): Report['selectors'] {
  return selection?.matched.map(({ selector, apis }) => ({
    selector: redact(selector),
    apis: apis.map(({ id }) => id),
  }));
}

/**
 * What was found against a deployment that was rolled back is no longer true of the stage, and is the
 * reason why the gate fails: it stays among the findings, and says so.
 */
function withFailedProofs(judged: readonly Finding[], { findings }: Enforced): Finding[] {
  const known = new Set(judged.map(({ fingerprint }) => fingerprint));
  const added = findings
    .filter(({ fingerprint }) => !known.has(fingerprint))
    .map((reason) => ({
      ...reason,
      message: `On the deployment that enforce made and rolled back: ${reason.message}`,
    }));
  return [...added, ...judged];
}

/** Where callers find a stage, as far as it is known. */
function whereCallersFind(
  api: ApiEvidence,
  stage: string,
  { region, endpointUrl }: Inputs,
  { whereabouts }: Pick<Present['surroundings'], 'whereabouts'>,
): string {
  const where = whereabouts(api, stage);
  return 'baseUrl' in where ? where.baseUrl : baseUrlOf(addressOf(api, stage, region), endpointUrl);
}
