import type { Finding } from '../report/report.js';
import { isWithoutAnswer, type SettledAnswer } from '../smoke/answer.js';
import { eachVerb, type Observation } from '../smoke/observation.js';
import {
  isLetIn,
  isProvenRefusal,
  isProvenSuccess,
  isProvenTamperRefusal,
  isSignedRefused,
  proofOf,
} from '../smoke/proof.js';
import { isPrivate } from '../smoke/surroundings.js';
import { finding } from './finding.js';
import { explain, inWords, sentencesOn, subjectOf, verbIn } from './observed.js';

/** A probe that neither proves the method nor convicts it. */
export function probeInconclusive(observations: readonly Observation[]): Finding[] {
  return [...observations.flatMap(ofMethod), ...ofUnaskedStages(observations)];
}

function ofMethod(observation: Observation): Finding[] {
  // What a method that is not IAM answers is no riddle: the snapshot's own finding says it all.
  if (proofOf(observation) === null) return [];
  const doubts = eachVerb(observation).flatMap(doubtsOf);
  if (doubts.length === 0) return [];
  const remedies = doubts.map(([, answer]) => remedyOf(answer, observation));
  return [
    finding(
      'probe-inconclusive',
      subjectOf(observation),
      WHO.flatMap((who) =>
        sentencesOn(
          doubts.flatMap((doubt) => (doubt[0] === who ? [doubt[1]] : [])),
          (it) => `${who} request${verbIn(observation, it)} proved nothing: ${doubtOf(it)}.`,
        ),
      )
        .filter((sentence) => sentence !== '')
        .join(' '),
      [...new Set(remedies)].join(' '),
    ),
  ];
}

const WHO = ['The unsigned', 'The tampered', 'The signed'] as const;

type Doubt = readonly [who: (typeof WHO)[number], answer: SettledAnswer];

function doubtsOf(observation: Observation): Doubt[] {
  const { unsigned, tampered, signed } = observation;
  const doubts: Doubt[] = [];
  if (unsigned !== null && !isLetIn(unsigned) && !isProvenRefusal(unsigned)) {
    doubts.push(['The unsigned', unsigned]);
  }
  // Credentials that are refused as such are the signed request's finding: its twin adds nothing.
  const isToldBySigned = isSignedRefused(observation) && tampered?.kind === signed?.kind;
  if (
    tampered !== null &&
    !isToldBySigned &&
    !isLetIn(tampered) &&
    !isProvenTamperRefusal(tampered)
  ) {
    doubts.push(['The tampered', tampered]);
  }
  if (signed !== null && !isProvenSuccess(signed) && !isSignedRefused(observation)) {
    doubts.push(['The signed', signed]);
  }
  return doubts;
}

function remedyOf(answer: SettledAnswer, observation: Observation): string {
  const isShut = isWithoutAnswer(answer.kind) || answer.kind === 'forbidden';
  return isShut && isPrivate(observation.row.api)
    ? PRIVATE_REMEDY
    : explain(answer, observation).remedy;
}

/** Source: API Gateway Developer Guide, "Invoke a private API". */
const PRIVATE_REMEDY =
  'The API is private: only a runner inside a VPC with an execute-api endpoint reaches it. Use a self-hosted runner there, with endpoint-url set to the VPC endpoint (https://vpce-….execute-api.{region}.vpce.amazonaws.com/{stage}; the gate adds the x-apigw-api-id header), or smoke-test: false.';

/** Stages that could not be asked at all: one finding each, not one a method. */
function ofUnaskedStages(observations: readonly Observation[]): Finding[] {
  const stages = new Map<string, Observation>();
  for (const observation of observations) {
    if (observation.unlocated === null) continue;
    stages.set(JSON.stringify([observation.row.api.id, observation.row.stage?.name]), observation);
  }
  return [...stages.values()].map((observation) =>
    finding(
      'probe-inconclusive',
      { ...subjectOf(observation), method: null, path: null },
      `The stage was not asked: ${observation.notProbed}.`,
      observation.unlocated ?? '',
    ),
  );
}

function doubtOf(answer: SettledAnswer): string {
  if (answer.settled) return inWords(answer);
  const seen = [...answer.seen].map(([kind, times]) => `${kind} ${times}×`).join(', ');
  return `its answers did not settle (${seen})`;
}
