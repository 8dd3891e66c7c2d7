import { onlyDeclared } from '../evidence/declared/attach.js';
import { joinDeclared } from '../evidence/declared/join.js';
import { declaredLayer } from '../evidence/declared/layer.js';
import type { JoinedMethod } from '../evidence/join.js';
import { methodKey } from '../model/evidence.js';
import { unasked } from '../probe/observation.js';
import type { Assignment } from './assignment.js';
import { notesOnFiles } from './notes-on-files.js';
import type { Present } from './present.js';
import { requirementOf } from './requirement.js';
import { joinedRows } from './rows.js';

/**
 * Adds what files declare to what is there: a layer of the APIs that are the same, and APIs of their own
 * where no API that was read is. What was observed stays with its rows.
 */
export function withDeclared(
  present: Present,
  assignment: Assignment,
): { readonly present: Present; readonly notes: readonly string[] } {
  const { declared, policy } = assignment.basis;
  if (declared === null) return { present, notes: [] };
  const { allowedTypesOf } = requirementOf(assignment);
  const { byApi, alone, notes } = joinDeclared(
    present.evidence.apis,
    declared.apis,
    policy.templates,
  );
  const live = present.evidence.apis.map((api) => {
    const ofOne = byApi.get(api.id);
    return ofOne === undefined ? api : { ...api, declared: declaredLayer(ofOne, allowedTypesOf) };
  });
  const apis = [...live, ...onlyDeclared(alone, allowedTypesOf)];
  const rows = joinedRows(apis, assignment);
  const observed = new Map(present.observations.map((it) => [keyOf(it.row), it]));
  const observations = rows.map((row) => {
    const known = observed.get(keyOf(row));
    return known === undefined
      ? unasked(row, assignment.inputs.region, 'it is only declared')
      : { ...known, row };
  });
  const evidence = { ...present.evidence, apis, files: declared.files };
  return {
    present: { ...present, evidence, rows, observations },
    notes: [...notesOnFiles(declared), ...notes],
  };
}

function keyOf({ api, stage, method, path }: JoinedMethod): string {
  return JSON.stringify([api.id, stage?.name ?? null, methodKey(method, path)]);
}
