import type { JoinedMethod } from '../evidence/join.js';
import { isKnownType } from '../model/evidence.js';
import type { Logger } from '../model/logger.js';
import {
  type AnswerKind,
  hasReachedIntegration,
  isPastAuthorization,
  isRefusalOfTampered,
  isRefusalOfUnsigned,
  isSameAnswer,
  isWithoutAnswer,
  type ProbeAnswer,
  type SettledAnswer,
  saysSomething,
} from './answer.js';
import { meetBothDeployments } from './canary.js';
import type { Classifier } from './classify/classifier.js';
import { behindWebAcl } from './classify/waf.js';
import type { ControlPlan } from './control.js';
import type { NoCredentials, ProbeCredentials } from './credentials.js';
import { headersOfAddress } from './endpoint.js';
import type { Deadlines } from './limit.js';
import type { Control, Observation } from './observation.js';
import { verbsThatCount } from './proof.js';
import type { Selected, Selection } from './select.js';
import type { ProbeRequest, Prober, Signature, SignaturePlace } from './send.js';
import { type Patience, type Settlement, settle } from './settle.js';
import type { Signing } from './sign.js';
import type { Surroundings } from './surroundings.js';
import { worstAnswer } from './worst-answer.js';

/** What the smoke test is to do, and with what. */
export interface SmokeTest extends Selection {
  readonly region: string;
  /** Bounds the whole test; 0 waits for no change. */
  readonly timeoutMs: number;
  /** When the time began to count, on the clock of `now`. */
  readonly startMs: number;
  readonly prober: Prober;
  /** Where signed handshakes have their signature. */
  readonly webSocketSignature: SignaturePlace;
  readonly surroundings: Surroundings;
  /** Credentials for the signed requests, or why there are none. */
  readonly credentials: ProbeCredentials;
  /** Whether a stage was changed so lately that its answers may still change. */
  readonly isSettling: (row: JoinedMethod) => boolean;
  /** Whether the change of such a stage left the method as it was. */
  readonly isAlike: (row: JoinedMethod) => boolean;
  readonly logger: Logger;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
}

/** A method with where it is asked, and how often so that a canary is met. */
export interface Task {
  readonly selected: Selected;
  readonly baseUrl: string;
  /** The default endpoint, where it is open besides. */
  readonly defaultUrl: string | null;
  /** What its refusals are compared with; `null` where they need nothing to be. */
  readonly control: ControlPlan | null;
  /** How often the unsigned request is asked for a canary's sake; 0 where it is asked only until it settles. */
  readonly canaryAsks: number;
  /** Why a canary's answer is not looked for; `null` where it is, or where there is none. */
  readonly canaryGap: string | null;
}

/** The answers of one method, sent as one verb. */
type Answers = Pick<
  Observation,
  'unsigned' | 'tampered' | 'signed' | 'atDefaultEndpoint' | 'control'
>;

/** Those of them that a method sent as several verbs has the worst of. */
type Probe = Exclude<keyof Answers, 'control'>;

const CANARY_MISSED = "the canary's answer was not seen: run again when the stage is at rest";

/** Asks the endpoint of one method. */
export type Observe = (task: Task) => Promise<Observation>;

/** Asks methods, one a call; what it learns of an address it keeps for the next. */
export function createObserver(test: SmokeTest, { waitUntilMs, endMs }: Deadlines): Observe {
  const scouts = new Map<string, Promise<Reached>>();
  const controls = new Map<string, Promise<Control>>();
  return async (task) => {
    const { row, sample, verbs, asksForSignature, unproven } = task.selected;
    const gaps = new Set(unproven);
    if (task.canaryGap !== null) gaps.add(task.canaryGap);
    const answers: Answers[] = [];
    for (const verb of verbs) answers.push(await observeVerb(verb, task, gaps));

    const hopedFor = hopeFor(asksForSignature);
    const worst = (
      name: Probe,
      isGood: (kind: AnswerKind) => boolean,
      mustBeRefused: boolean,
    ): SettledAnswer | null => {
      const given = answers.flatMap((it) => it[name] ?? []);
      return worstAnswer(given, isGood, mustBeRefused);
    };
    const [control] = answers.flatMap((it) => it.control ?? []);
    const observation: Observation = {
      row,
      region: test.region,
      notProbed: null,
      unlocated: null,
      unsigned: worst('unsigned', hopedFor, true),
      tampered: worst('tampered', isRefusalOfTampered, true),
      signed: worst('signed', isAccepted, false),
      atDefaultEndpoint: worst('atDefaultEndpoint', hopedFor, true),
      unproven: [...gaps],
      sample,
      ...(control === undefined ? {} : { control }),
      ...(answers.length > 1 ? { verbs: answers } : {}),
    };
    const counting = verbsThatCount(observation);
    if (counting.length === answers.length) return observation;
    const signed = counting.flatMap((it) => it.signed ?? []);
    return { ...observation, signed: worstAnswer(signed, isAccepted, false) };
  };

  async function observeVerb(verb: string, task: Task, gaps: Set<string>): Promise<Answers> {
    const { baseUrl, defaultUrl, selected, canaryAsks } = task;
    const { row, asksForSignature } = selected;
    const classifier = classifierFor(task.selected, test);
    const asking = (url: string, signature: Signature) => (): Promise<ProbeAnswer> =>
      test.prober.send(
        { ...requestOf(selected, verb, url, test), isOnItsOwn: patience.settling },
        signature,
        classifier,
        endMs - test.now(),
      );
    const patience: Patience = {
      // An open snapshot is expected to answer anybody: there is no change to wait for.
      settling: asksForSignature && test.isSettling(row),
      isAlike: test.isAlike(row),
      deadlineMs: waitUntilMs,
      now: test.now,
      sleep: test.sleep,
      random: test.random,
    };
    const hopedFor = hopeFor(asksForSignature);
    const sentAs = verb;

    const unsignedAsking = asking(baseUrl, UNSIGNED);
    const { lost, seen } = await scout(baseUrl, unsignedAsking, patience);
    if (lost !== null) return { ...NO_ANSWERS, unsigned: { ...lost, sentAs } };

    const askUnsigned = async (): Promise<SettledAnswer> => {
      const settlement = withEarlier(
        seen,
        await settle(unsignedAsking, hopedFor, patience),
        patience,
      );
      // What is wrong already needs no canary to be so.
      const isRight = settlement.settled && hopedFor(settlement.kind);
      if (canaryAsks === 0 || !isRight) return { ...settlement, sentAs };
      const answer = await meetBothDeployments(unsignedAsking, settlement, canaryAsks);
      if (!answer.met) gaps.add(CANARY_MISSED);
      return { ...answer.settlement, sentAs };
    };
    const askTampered = async (by: Signing): Promise<SettledAnswer> => ({
      ...(await settle(asking(baseUrl, { kind: 'tampered', by }), isRefusalOfTampered, patience)),
      sentAs,
    });
    const askSigned = async (by: Signing): Promise<SettledAnswer> => ({
      ...(await settle(asking(baseUrl, { kind: 'signed', by }), hasReachedIntegration, patience)),
      sentAs,
    });
    const askDefault = async (url: string): Promise<SettledAnswer> => {
      const ask = asking(url, UNSIGNED);
      const { lost: gone, seen: before } = await scout(url, ask, patience);
      const settlement =
        gone ?? withEarlier(before, await settle(ask, hopedFor, patience), patience);
      return { ...settlement, sentAs };
    };

    const signing = asksForSignature ? signingBy(test) : null;
    const canSign = signing !== null && !('unavailable' in signing);
    // A made-up value must not reach a backend, and a missing API key would hide the answer.
    const mayBeSigned = signing !== null && selected.unproven.length === 0;
    const [unsigned, tampered, signed, atDefaultEndpoint] = await Promise.all([
      askUnsigned(),
      canSign ? askTampered(signing) : null,
      !mayBeSigned ? null : canSign ? askSigned(signing) : withoutCredentials(signing, sentAs),
      defaultUrl === null ? null : askDefault(defaultUrl),
    ]);
    const answers = { unsigned, tampered, signed, atDefaultEndpoint };
    const control = await controlOf(task, answers, patience);
    return control === null ? answers : { ...answers, control };
  }

  /** The control of a stage's refusals, asked once for all of its methods; `null` where there is none. */
  async function controlOf(
    { control: plan, selected }: Task,
    { signed }: Answers,
    patience: Patience,
  ): Promise<Control | null> {
    // A signed handshake that was let in, or refused, says more than any comparison.
    if (plan === null || (selected.isHandshake && signed !== null)) return null;
    if (!plan.isPossible) return { isAsked: false, why: plan.why, isExcused: plan.isExcused };
    const { baseUrl, path, verb } = plan;
    const known = controls.get(baseUrl) ?? askControl();
    controls.set(baseUrl, known);
    return known;

    async function askControl(): Promise<Control> {
      const { row } = selected;
      const classifier = test.surroundings.classifierOf(row.api.id);
      const request: ProbeRequest = {
        ...{ method: 'GET', baseUrl, path, query: [], body: null },
        headers: headersOfAddress(baseUrl, row.api.id),
        isOnItsOwn: patience.settling,
        ...(selected.isHandshake ? { handshake: test.webSocketSignature } : {}),
      };
      const ask = async (
        signature: Signature,
        isWanted: (kind: AnswerKind) => boolean,
      ): Promise<SettledAnswer> => {
        const send = (): Promise<ProbeAnswer> =>
          test.prober.send(request, signature, classifier, endMs - test.now());
        return { ...(await settle(send, isWanted, patience)), sentAs: verb };
      };
      const signing = selected.isHandshake ? signingBy(test) : null;
      const [unsigned, tampered] = await Promise.all([
        ask(UNSIGNED, selected.isHandshake ? hasAnswer : isNoSuchMethod),
        signing === null || 'unavailable' in signing
          ? null
          : ask({ kind: 'tampered', by: signing }, hasAnswer),
      ]);
      return { isAsked: true, unsigned, tampered };
    }
  }

  /**
   * An address that cannot be reached is found out once, not once a method: a runner outside of a
   * private API's VPC would wait for every one of them. The first to come asks for all.
   *
   * @returns the answer that all share, or `null` where the address answers; and what the first to come, and
   *   nobody else, was answered.
   */
  async function scout(
    baseUrl: string,
    ask: () => Promise<ProbeAnswer>,
    patience: Patience,
  ): Promise<{ readonly lost: Settlement | null; readonly seen: Settlement['seen'] }> {
    const { origin } = new URL(baseUrl);
    const known = scouts.get(origin);
    const reaching = known ?? reach(ask, patience);
    scouts.set(origin, reaching);
    const { settlement, seen } = await reaching;
    // One that answered at times is no address that cannot be reached, and its answers are those of one method.
    const isLost = settlement !== null && [...seen.keys()].every(isWithoutAnswer);
    return { lost: isLost ? settlement : null, seen: known === undefined ? seen : NOTHING_SEEN };
  }
}

/** What came of asking whether an address answers. */
interface Reached {
  /** `null` where the first request was answered; otherwise what asking on came to. */
  readonly settlement: Settlement | null;
  readonly seen: Settlement['seen'];
}

const NOTHING_SEEN: Settlement['seen'] = new Map();

async function reach(ask: () => Promise<ProbeAnswer>, patience: Patience): Promise<Reached> {
  const first = await ask();
  if (hasAnswer(first.kind)) return { settlement: null, seen: new Map([[first.kind, 1]]) };
  const settlement = await settle(ask, hasAnswer, patience);
  return { settlement, seen: settlement.seen };
}

/** What a method at rest was answered before counts as well: see `settle`. */
function withEarlier(
  earlier: Settlement['seen'],
  settlement: Settlement,
  { settling }: Patience,
): Settlement {
  const isOther = (kind: AnswerKind): boolean =>
    saysSomething(kind) && !isSameAnswer(kind, settlement.kind);
  if (settling || ![...earlier.keys()].some(isOther)) return settlement;
  const seen = new Map(earlier);
  for (const [kind, times] of settlement.seen) seen.set(kind, (seen.get(kind) ?? 0) + times);
  return { ...settlement, settled: false, seen };
}

const UNSIGNED: Signature = { kind: 'unsigned' };
const NO_ANSWERS: Answers = {
  unsigned: null,
  tampered: null,
  signed: null,
  atDefaultEndpoint: null,
};

/** Whether an answer to an unsigned request is the one that the snapshot promises. */
function hopeFor(asksForSignature: boolean): (kind: AnswerKind) => boolean {
  return asksForSignature ? isRefusalOfUnsigned : isPastAuthorization;
}

function isNoSuchMethod(kind: AnswerKind): boolean {
  return kind === 'no-such-method';
}

function isAccepted(kind: AnswerKind): boolean {
  return kind === 'accepted';
}

function hasAnswer(kind: AnswerKind): boolean {
  return !isWithoutAnswer(kind);
}

/** What is open by its snapshot has its finding, and the answers to it convict nobody else. */
function classifierFor({ row, asksForSignature }: Selected, test: SmokeTest): Classifier {
  const classifier = test.surroundings.classifierOf(row.api.id);
  const mustBeRefused = asksForSignature || !isKnownType(row.deployed);
  return row.stage?.hasWebAcl === true && mustBeRefused ? behindWebAcl(classifier) : classifier;
}

function signingBy({ credentials, region }: SmokeTest): Signing | NoCredentials {
  return typeof credentials === 'function' ? { region, credentials } : credentials;
}

function withoutCredentials({ unavailable, remedy }: NoCredentials, sentAs: string): SettledAnswer {
  const kind: AnswerKind = 'no-credentials';
  const seen = new Map([[kind, 1]]);
  return { kind, status: null, detail: unavailable, remedy, settled: true, seen, sentAs };
}

function requestOf(
  { row, sample, path, isHandshake }: Selected,
  verb: string,
  baseUrl: string,
  { webSocketSignature }: SmokeTest,
): ProbeRequest {
  const isBare = isHandshake || verb === 'GET' || verb === 'HEAD';
  return {
    method: isHandshake ? 'GET' : verb,
    baseUrl,
    path: path.path,
    query: sample.query,
    headers: { ...sample.headers, ...headersOfAddress(baseUrl, row.api.id) },
    // GET and HEAD have no use for one, and `ANY` has one sample for all of its verbs.
    body: isBare ? null : sample.body,
    ...(isHandshake ? { handshake: webSocketSignature } : {}),
  };
}
