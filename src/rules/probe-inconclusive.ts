import { isRequiredType } from '../policy/requirement.js';
import type { Finding } from '../report/report.js';
import { isPastAuthorization, isRefusal, type SettledAnswer } from '../smoke/answer.js';
import { DEFAULT_ENDPOINT_DISABLED } from '../smoke/select.js';
import type { Observation } from '../smoke/smoke-test.js';
import { finding } from './finding.js';
import { EXPLANATIONS, inWords, subjectOf } from './observed.js';

/** A probe that neither proves the method nor convicts it. */
export function probeInconclusive(observations: readonly Observation[]): Finding[] {
  return [...observations.flatMap(ofMethod), ...ofUnaskedStages(observations)];
}

function ofMethod(observation: Observation): Finding[] {
  const { row, unsigned, signed } = observation;
  // What a method that is not IAM answers is no riddle: the snapshot's own finding says it all.
  if (unsigned === null || row.deployed === null || !isRequiredType(row.deployed)) return [];
  const doubts: [who: string, answer: SettledAnswer][] = [];
  if (!convicts(unsigned) && !isProvenRefusal(unsigned)) doubts.push(['The unsigned', unsigned]);
  if (signed !== null && !isProvenSuccess(signed) && !(signed.settled && isRefusal(signed.kind))) {
    doubts.push(['The signed', signed]);
  }
  if (doubts.length === 0) return [];
  return [
    finding(
      'probe-inconclusive',
      subjectOf(observation),
      doubts.map(([who, answer]) => `${who} request proved nothing: ${doubtOf(answer)}.`).join(' '),
      [...new Set(doubts.map(([, answer]) => EXPLANATIONS[answer.kind].remedy))].join(' '),
    ),
  ];
}

/** Stages that could not be asked at all: one finding each, not one a method. */
function ofUnaskedStages(observations: readonly Observation[]): Finding[] {
  const stages = new Map<string, Observation>();
  for (const observation of observations) {
    if (observation.notProbed !== DEFAULT_ENDPOINT_DISABLED) continue;
    stages.set(`${observation.row.api.id}/${observation.row.stage?.name ?? ''}`, observation);
  }
  return [...stages.values()].map((observation) =>
    finding(
      'probe-inconclusive',
      { ...subjectOf(observation), method: null, path: null },
      `The stage was not asked: ${DEFAULT_ENDPOINT_DISABLED}.`,
      'Set endpoint-url to the custom domain that serves the stage, or smoke-test: false.',
    ),
  );
}

function convicts(unsigned: SettledAnswer): boolean {
  if (unsigned.settled) return isPastAuthorization(unsigned.kind);
  return [...unsigned.seen.keys()].some(isPastAuthorization);
}

/** Only the missing-token answer says that a signature was wanted; a WAF's 403 says nothing of IAM. */
export function isProvenRefusal(unsigned: SettledAnswer): boolean {
  return unsigned.settled && unsigned.kind === 'missing-token';
}

export function isProvenSuccess(signed: SettledAnswer): boolean {
  return signed.settled && signed.kind === 'accepted';
}

function doubtOf(answer: SettledAnswer): string {
  if (answer.settled) return inWords(answer);
  const seen = [...answer.seen].map(([kind, times]) => `${kind} ${times}×`).join(', ');
  return `its answers did not settle (${seen})`;
}
