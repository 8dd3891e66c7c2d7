/**
 * What AWS holds is not what the plan expects, so that nothing further may be changed: somebody else
 * is at work, or a rule is wrong. Its message is a sentence for the report.
 */
export class EnforcementStopped extends Error {
  override readonly name = 'EnforcementStopped';
}
