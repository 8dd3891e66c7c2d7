import { onlyDeclared } from '../evidence/declared/attach.js';
import type { Declared } from '../model/declared.js';
import { buildReport } from '../report/build.js';
import type { Report } from '../report/report.js';
import { judge } from '../rules/judge.js';
import type { Assignment } from './assignment.js';
import { decide } from './decide.js';
import { NOTHING_ENFORCED } from './enforced.js';
import { notesOnFiles } from './notes-on-files.js';
import { requirementOf } from './requirement.js';
import { joinedRows } from './rows.js';

/** Judges what files declare and nothing else: no account is known, and nothing is asked. */
export function judgeFiles(assignment: Assignment, declared: Declared): Report {
  const { inputs, basis } = assignment;
  const apis = onlyDeclared(declared.apis, requirementOf(assignment).allowedTypesOf);
  const evidence = { apis, listing: null, files: declared.files, isOfFilesAlone: true as const };
  const rows = joinedRows(apis, assignment);
  const found = judge({ evidence, rows, observations: [], asked: inputs });
  const { changes, deployments, kept, transactions, owners } = NOTHING_ENFORCED;
  return buildReport({
    mode: inputs.mode,
    region: '',
    target: undefined,
    // An API in a file has no stage, and so no address.
    baseUrlOf: () => '',
    evidence,
    rows,
    observations: [],
    ...decide(assignment, { evidence, rows, observations: [] }, found, NOBODY),
    ...{ changes, deployments, kept, transactions, owners },
    access: undefined,
    notes: [...notesOnFiles(declared), ...basis.notes],
  });
}

const NOBODY = { account: null, region: '' };
