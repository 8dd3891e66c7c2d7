import { isList, type Json } from './expression.js';

/** One job of a matrix: its values by name. */
export type Combination = Readonly<Record<string, Json>>;

/** GitHub Docs, "Actions limits": jobs of a matrix. */
const MOST_JOBS = 256;

/**
 * The jobs of a matrix: every combination of its vectors, then what `include` adds. `exclude` is not
 * played.
 *
 * Sources: GitHub Docs, "Workflow syntax", `jobs.<job_id>.strategy.matrix`; the sentence on an empty
 * vector is the runner's own.
 *
 * @throws Error where GitHub fails the job for it
 */
export function combinationsOf(matrix: Json): Combination[] {
  if (!isRecord(matrix)) throw new Error('Matrix must be a mapping');
  const { include = [], exclude, ...vectors } = matrix;
  if (exclude !== undefined) throw new Error('exclude is not played by this stand-in');
  let found: Combination[] = [{}];
  for (const [name, values] of Object.entries(vectors)) {
    if (!isList(values)) throw new Error(`Matrix vector '${name}' is no list`);
    if (values.length === 0) throw new Error(`Matrix vector '${name}' does not contain any values`);
    found = found.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }
  if (Object.keys(vectors).length === 0) found = [];
  if (!isList(include)) throw new Error('Matrix include is no list');
  found.push(...include.filter(isRecord));
  if (found.length === 0) throw new Error('Matrix must define at least one vector');
  if (found.length > MOST_JOBS)
    throw new Error(`Matrix has ${found.length} jobs, and ${MOST_JOBS} are the most`);
  return found;
}

function isRecord(value: Json): value is Combination {
  return typeof value === 'object' && value !== null && !isList(value);
}
