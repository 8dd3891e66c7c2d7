import { compareTexts } from '../model/compare-texts.js';
import { isPrivate, methodName } from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { stageKey } from '../model/stage-key.js';
import { isWithoutAnswer, type SettledAnswer } from '../probe/answer.js';
import { eachVerb, type Observation } from '../probe/observation.js';
import {
  gapsIn,
  isDoubtfulAtDefault,
  isHanging,
  isLeftUnasked,
  isLetIn,
  isOutOfTime,
  isProvenRefusal,
  isProvenSuccess,
  isProvenTamperRefusal,
  isSignedRefused,
  isUnnamedInDoubt,
  proofOf,
  provesStage,
  verbsThatCount,
} from '../probe/proof.js';
import { finding } from './finding.js';
import {
  type Explanation,
  explain,
  explainSigned,
  explainUnlabelled,
  explainUnsigned,
  inWords,
  sentencesOn,
  subjectOf,
  verbIn,
} from './observed.js';
import type { Rule } from './rule.js';

/** A probe that proves nothing about the method, for or against it. */
export const probeInconclusive: Rule = {
  id: 'probe-inconclusive',
  severity: 'warning',
  effect: 'unknown',
  holdsWhen:
    'the endpoint gave no answer that proves anything; makes the verdict incomplete where nothing else proves the stage, or where a request that must be refused was not answered in time, or may have been let in',
  toldBy: 'endpoint',
  blocksProof: 'unless-proven',
  makesIncomplete: 'unless-proven',
  neverKnown: true,
  find({ observations }) {
    return [
      ...observations.flatMap(ofMethod),
      ...ofUnaskedStages(observations),
      ...ofStagesOutOfTime(observations),
      ...ofUnprovenStages(observations),
    ];
  },
};

function ofMethod(observation: Observation): Finding[] {
  // There may be hundreds for one reason, which is said once a stage.
  if (isOutOfTime(observation)) return [];
  // A method without IAM has a finding of its own from the snapshot, unless that does not name it.
  const doubts =
    proofOf(observation) === null
      ? eachVerb(observation).filter(isUnnamedInDoubt).flatMap(doubtsOfUnnamed)
      : verbsThatCount(observation).flatMap(doubtsOf);
  if (doubts.length === 0) return [];
  const remedies = doubts.map((doubt) => remedyOf(doubt, observation));
  return [
    finding(
      probeInconclusive,
      subjectOf(observation),
      WHO.flatMap((who) =>
        sentencesOn(
          doubts.flatMap((doubt) => (doubt[0] === who ? [doubt[1]] : [])),
          (it) =>
            `${who[0]}${verbIn(observation, it)}${who[1]} proved nothing: ${doubtOf(who, it, observation)}.`,
        ),
      )
        .filter((sentence) => sentence !== '')
        .join(' '),
      [...new Set(remedies)].join(' '),
    ),
  ];
}

/** The request of a doubt: the words before its verb, and those behind it. */
type Who = readonly [subject: string, place: string];

const UNSIGNED: Who = ['The unsigned request', ''];
const AT_DEFAULT: Who = ['The unsigned request', ' at the default endpoint'];
const TAMPERED: Who = ['The tampered request', ''];
const SIGNED: Who = ['The signed request', ''];
const WHO: readonly Who[] = [UNSIGNED, AT_DEFAULT, TAMPERED, SIGNED];

type Doubt = readonly [who: Who, answer: SettledAnswer];

function doubtsOfUnnamed({ unsigned }: Observation): Doubt[] {
  return unsigned === null ? [] : [[UNSIGNED, unsigned]];
}

function doubtsOf(observation: Observation): Doubt[] {
  const { row, unsigned, tampered, signed, atDefaultEndpoint } = observation;
  const { kind } = row.api;
  const doubts: Doubt[] = [];
  if (unsigned !== null && !isLetIn(unsigned) && !isProvenRefusal(unsigned, kind)) {
    doubts.push([UNSIGNED, unsigned]);
  }
  if (
    atDefaultEndpoint !== null &&
    !isLetIn(atDefaultEndpoint) &&
    isDoubtfulAtDefault(observation)
  ) {
    doubts.push([AT_DEFAULT, atDefaultEndpoint]);
  }
  // Credentials that are refused as such are the signed request's finding: the tampered one adds nothing.
  const isToldBySigned = isSignedRefused(observation) && tampered?.kind === signed?.kind;
  if (
    tampered !== null &&
    !isToldBySigned &&
    !isLetIn(tampered) &&
    !isProvenTamperRefusal(tampered, kind)
  ) {
    doubts.push([TAMPERED, tampered]);
  }
  if (signed !== null && !isProvenSuccess(signed) && !isSignedRefused(observation)) {
    doubts.push([SIGNED, signed]);
  }
  return doubts;
}

/** What an answer means to the request of a doubt, where that is not what it always does. */
function strangeOf([who, answer]: Doubt, observation: Observation): Explanation | null {
  const special = isUnsigned(who)
    ? explainUnsigned(answer)
    : who === SIGNED
      ? explainSigned(answer, observation)
      : null;
  return special ?? explainUnlabelled(answer, observation, who !== SIGNED);
}

function remedyOf(doubt: Doubt, observation: Observation): string {
  const [who, answer] = doubt;
  const strange = strangeOf(doubt, observation);
  if (strange !== null) return strange.remedy;
  const isShut = isWithoutAnswer(answer.kind) || answer.kind === 'forbidden';
  if (isShut && isPrivate(observation.row.api)) return PRIVATE_REMEDY;
  return isHanging(answer) && who !== SIGNED ? HANGING_REMEDY : explain(answer, observation).remedy;
}

function isUnsigned(who: Who): boolean {
  return who === UNSIGNED || who === AT_DEFAULT;
}

const HANGING_REMEDY =
  'API Gateway refuses without asking the backend, and so at once. Where the address answers other requests, this one may have been let in, to a backend that takes longer than the 10 seconds that a probe waits: look at the access log of the stage. Where it answers none, check that the runner can reach it, through HTTPS_PROXY where it must.';

/** Source: API Gateway Developer Guide, "Invoke a private API". */
const PRIVATE_REMEDY =
  'The API is private: only a runner inside a VPC with an execute-api endpoint reaches it. Use a self-hosted runner there, with endpoint-url set to the VPC endpoint (https://vpce-….execute-api.{region}.vpce.amazonaws.com/{stage}; the gate adds the x-apigw-api-id header), or smoke-test: false.';

/** Stages that could not be asked at all: one finding each, not one a method. */
function ofUnaskedStages(observations: readonly Observation[]): Finding[] {
  return stagesOf(observations.filter(({ unlocated }) => unlocated !== null)).flatMap((ofStage) => {
    const observation = ofStage.at(-1);
    if (observation === undefined) return [];
    return [
      finding(
        probeInconclusive,
        { ...subjectOf(observation), method: null, path: null },
        `The stage was not asked: ${observation.notProbed}.`,
        observation.unlocated ?? '',
      ),
    ];
  });
}

/** Methods that a finding about a stage names. */
const NAMED = 5;

/** Stages with methods that there was no time to ask: one finding each, not one a method. */
function ofStagesOutOfTime(observations: readonly Observation[]): Finding[] {
  return stagesOf(observations.filter(isOutOfTime)).flatMap((left) => {
    const [first] = left;
    if (first === undefined) return [];
    const names = left
      .map(({ row }) => methodName(row.method, row.path))
      .toSorted(compareTexts)
      .slice(0, NAMED);
    const more = left.length > NAMED ? ` and ${left.length - NAMED} more` : '';
    return [
      finding(
        probeInconclusive,
        { ...subjectOf(first), method: null, path: null },
        `smoke-timeout was over before these methods were asked all that they are asked: ${names.join(', ')}${more}.`,
        'Raise smoke-timeout (seconds, at most 900), or ask less: fewer APIs a job, fewer smoke-methods. Where few methods took all of the time, look at why their backends answer so slowly.',
        'out-of-time',
      ),
    ];
  });
}

/**
 * Stages of which methods were asked, and every answer is as it should be, and yet none was proven,
 * since of none could all three requests be sent.
 */
function ofUnprovenStages(observations: readonly Observation[]): Finding[] {
  return stagesOf(observations).flatMap((ofStage) => {
    const proofs = ofStage.map((it) => proofOf(it)).filter((it) => it !== null);
    const left = ofStage.filter(isLeftUnasked);
    const [first] = ofStage;
    if (first === undefined || proofs.length + left.length === 0) return [];
    if (proofs.some((it) => it !== 'consistent') || ofStage.some(isOutOfTime)) return [];
    if (ofStage.some(provesStage)) return [];
    // Why it could not be asked is said already.
    if (ofStage.some(({ unlocated }) => unlocated !== null)) return [];
    const gaps = [...new Set(ofStage.flatMap(gapsIn))].toSorted(compareTexts);
    const isWhole = ofStage.some(({ signed }) => signed !== null);
    return [
      finding(
        probeInconclusive,
        { ...subjectOf(first), method: null, path: null },
        proofs.length === 0
          ? 'No method of the stage is proven: none could be asked.'
          : `No method of the stage is proven: ${proofs.length} refused what they must refuse, and ${isWhole ? 'nothing shows that the refusals are their own' : 'none could be asked so that its answers prove that it lets its callers in'}.`,
        !isWhole || gaps.every((gap) => gap.startsWith('add '))
          ? `For a proof of one method at least: ${gaps.slice(0, NAMED).join('; or ')}.`
          : `What is missing: ${gaps.slice(0, NAMED).join('; ')}. Look at what the stage serves, and run again when it is at rest.`,
        'unproven',
      ),
    ];
  });
}

/** Observations of stages, a list a stage. */
function stagesOf(observations: readonly Observation[]): Observation[][] {
  const ofStages = observations.filter(({ row }) => row.stage !== null);
  const byStage = Map.groupBy(ofStages, ({ row }) => stageKey(row.api.id, row.stage?.name ?? null));
  return [...byStage.values()];
}

function doubtOf(who: Who, answer: SettledAnswer, observation: Observation): string {
  if (answer.settled) return inWords(answer, strangeOf([who, answer], observation));
  const seen = [...answer.seen].map(([kind, times]) => `${kind} ${times}×`).join(', ');
  return `its answers did not settle (${seen})`;
}
