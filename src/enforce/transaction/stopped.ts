/**
 * What AWS holds is not what the plan expects, so that nothing further may be changed: somebody else
 * is at work, or a rule is wrong. Its message is a sentence for the report.
 */
export class EnforcementStopped extends Error {
  override readonly name = 'EnforcementStopped';
}

/** Somebody else has changed something since the plan was made: what it is, as the rest of a sentence. */
export function interference(what: string): EnforcementStopped {
  return new EnforcementStopped(
    `Since the plan was made, ${what}: something else is changing the API. Run the job again when it is done.`,
  );
}
