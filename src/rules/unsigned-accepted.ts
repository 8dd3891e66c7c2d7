import { isRequiredType } from '../config/requirement.js';
import type { Finding } from '../model/finding.js';
import { stageKey } from '../model/stage-key.js';
import type { SettledAnswer } from '../probe/answer.js';
import { eachVerb, type Observation } from '../probe/observation.js';
import { isControlLetIn, isLetIn } from '../probe/proof.js';
import { finding } from './finding.js';
import { servedFix } from './method.js';
import { inSentence, sentencesOn, subjectOf } from './observed.js';
import type { Rule } from './rule.js';

/** An unsigned request was not refused: whatever is configured, anybody can call the method. */
export const unsignedAccepted: Rule = {
  id: 'unsigned-accepted',
  severity: 'error',
  effect: 'open',
  holdsWhen: 'the endpoint did not refuse an unsigned request',
  toldBy: 'endpoint',
  excusable: true,
  blocksProof: 'of-iam',
  find({ observations, asked }) {
    return [
      ...ofControls(observations),
      ...observations.flatMap((observation) => {
        const { deployed } = observation.row;
        const answers = eachVerb(observation);
        const sentences = [
          letIn(
            answers.flatMap(({ unsigned }) => unsigned ?? []),
            '',
          ),
          letIn(
            answers.flatMap(({ atDefaultEndpoint }) => atDefaultEndpoint ?? []),
            ' at the default endpoint',
          ),
        ].filter((it) => it !== '');
        if (sentences.length === 0) return [];
        return [
          finding(
            unsignedAccepted,
            subjectOf(observation),
            sentences.join(' '),
            isEntranceMissing(observation.row)
              ? 'Add a $connect route with the authorization type AWS_IAM, and deploy the API to the stage.'
              : deployed === null
                ? "The snapshot's summary names no such method, and the endpoint serves it: look at the stage in the console, and run again."
                : isRequiredType(deployed)
                  ? 'The snapshot asks for AWS_IAM, so something else let it through: a deployment that has not settled (run again), a canary, or an endpoint-url that bypasses the stage.'
                  : servedFix(observation.row, asked),
          ),
        ];
      }),
    ];
  },
};

/** Stages that serve what no layer of evidence names: one finding each. */
function ofControls(observations: readonly Observation[]): Finding[] {
  const open = observations.filter(isControlLetIn);
  const byStage = Map.groupBy(open, ({ row }) => stageKey(row.api.id, row.stage?.name ?? null));
  return [...byStage.values()].flatMap(([observation]) => {
    if (observation?.control?.isAsked !== true) return [];
    return [
      finding(
        unsignedAccepted,
        { ...subjectOf(observation), method: null, path: null },
        `An unsigned request to a path that no known route takes ${inSentence(observation.control.unsigned)}.`,
        'The stage serves a route that neither its configuration nor its export names, such as an open $default: deploy the stage anew, and run again.',
        'control',
      ),
    ];
  });
}

/** Whether what opens the API is that it lacks the route which everybody passes first. */
function isEntranceMissing({ api, configured, method }: Observation['row']): boolean {
  return configured === null && api.alwaysJudged?.some((it) => it.method === method) === true;
}

function letIn(answers: readonly SettledAnswer[], where: string): string {
  return sentencesOn(
    answers.filter(isLetIn),
    (answer) => `An unsigned request${where} ${inSentence(answer)}.`,
  );
}
