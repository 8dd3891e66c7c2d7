import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import type { JoinedMethod } from '../evidence/join.js';
import type { Logger } from '../model/logger.js';
import {
  type AnswerKind,
  hasReachedIntegration,
  isPastAuthorization,
  isWithoutAnswer,
  type ProbeAnswer,
  type SettledAnswer,
} from './answer.js';
import { meetBothDeployments } from './canary.js';
import { headersOfAddress } from './endpoint.js';
import type { Deadlines } from './limit.js';
import type { Observation } from './observation.js';
import type { Selected, Selection } from './select.js';
import type { ProbeRequest, Prober, Signature } from './send.js';
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
  readonly surroundings: Surroundings;
  /** Credentials for the signed requests, or why there are none. */
  readonly credentials: Provider<AwsCredentialIdentity> | { readonly unavailable: string };
  /** Whether a stage was changed so lately that its answers may still change. */
  readonly isSettling: (row: JoinedMethod) => boolean;
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
  /** How often the unsigned request is asked for a canary's sake; 0 where it is asked only until it settles. */
  readonly canaryAsks: number;
  /** Why a canary's answer is not looked for; `null` where it is, or where there is none. */
  readonly canaryGap: string | null;
}

/** The answers of one method, sent as one verb. */
type Answers = Pick<Observation, 'unsigned' | 'tampered' | 'signed' | 'atDefaultEndpoint'>;

const CANARY_MISSED = "the canary's answer was not seen: run again when the stage is at rest";

/** Asks methods, one a call; what it learns of an address it keeps for the next. */
export function createObserver(
  test: SmokeTest,
  { waitUntilMs, endMs }: Deadlines,
): (task: Task) => Promise<Observation> {
  const scouts = new Map<string, Promise<Settlement | null>>();
  return async (task) => {
    const { row, sample, verbs, asksForSignature, unproven } = task.selected;
    const gaps = new Set(unproven);
    if (task.canaryGap !== null) gaps.add(task.canaryGap);
    const answers: Answers[] = [];
    for (const verb of verbs) answers.push(await observeVerb(verb, task, gaps));

    const hopedFor = hopeFor(asksForSignature);
    const worst = (
      name: keyof Answers,
      isGood: (kind: AnswerKind) => boolean,
      mustBeRefused: boolean,
    ): SettledAnswer | null => {
      const given = answers.flatMap((it) => it[name] ?? []);
      return worstAnswer(given, isGood, mustBeRefused);
    };
    return {
      row,
      region: test.region,
      notProbed: null,
      unlocated: null,
      unsigned: worst('unsigned', hopedFor, true),
      tampered: worst('tampered', isWrongSignature, true),
      signed: worst('signed', isAccepted, false),
      atDefaultEndpoint: worst('atDefaultEndpoint', hopedFor, true),
      unproven: [...gaps],
      sample,
      ...(answers.length > 1 ? { verbs: answers } : {}),
    };
  };

  async function observeVerb(verb: string, task: Task, gaps: Set<string>): Promise<Answers> {
    const { baseUrl, defaultUrl, selected, canaryAsks } = task;
    const { row, asksForSignature } = selected;
    const classifier = test.surroundings.classifierOf(row.api.id);
    const asking = (url: string, signature: Signature) => (): Promise<ProbeAnswer> =>
      test.prober.send(requestOf(selected, verb, url), signature, classifier, endMs - test.now());
    const patience: Patience = {
      // An open snapshot is expected to answer anybody: there is no change to wait for.
      settling: asksForSignature && test.isSettling(row),
      deadlineMs: waitUntilMs,
      now: test.now,
      sleep: test.sleep,
      random: test.random,
    };
    const hopedFor = hopeFor(asksForSignature);
    const sentAs = verb;

    const unsignedAsking = asking(baseUrl, UNSIGNED);
    const lost = await scout(baseUrl, unsignedAsking, patience);
    if (lost !== null) return { ...NO_ANSWERS, unsigned: { ...lost, sentAs } };

    const askUnsigned = async (): Promise<SettledAnswer> => {
      const settlement = await settle(unsignedAsking, hopedFor, patience);
      // What is wrong already needs no canary to be so.
      const isRight = settlement.settled && hopedFor(settlement.kind);
      if (canaryAsks === 0 || !isRight) return { ...settlement, sentAs };
      const answer = await meetBothDeployments(unsignedAsking, settlement, canaryAsks);
      if (!answer.met) gaps.add(CANARY_MISSED);
      return { ...answer.settlement, sentAs };
    };
    const askTampered = async (by: Signing): Promise<SettledAnswer> => ({
      ...(await settle(asking(baseUrl, { kind: 'tampered', by }), isWrongSignature, patience)),
      sentAs,
    });
    const askSigned = async (by: Signing): Promise<SettledAnswer> => ({
      ...(await settle(asking(baseUrl, { kind: 'signed', by }), hasReachedIntegration, patience)),
      sentAs,
    });
    const askDefault = async (url: string): Promise<SettledAnswer> => {
      const ask = asking(url, UNSIGNED);
      const gone = await scout(url, ask, patience);
      return { ...(gone ?? (await settle(ask, hopedFor, patience))), sentAs };
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
    return { unsigned, tampered, signed, atDefaultEndpoint };
  }

  /**
   * An address that cannot be reached is found out once, not once a method: a runner outside of a
   * private API's VPC would wait for every one of them. The first to come asks for all.
   *
   * @returns the answer that all share, or `null` where the address answers.
   */
  async function scout(
    baseUrl: string,
    ask: () => Promise<ProbeAnswer>,
    patience: Patience,
  ): Promise<Settlement | null> {
    const { origin } = new URL(baseUrl);
    const known = scouts.get(origin) ?? reach(ask, patience);
    scouts.set(origin, known);
    const settlement = await known;
    return settlement !== null && isWithoutAnswer(settlement.kind) ? settlement : null;
  }
}

/** `null` where the first request is answered; otherwise what asking on came to. */
async function reach(
  ask: () => Promise<ProbeAnswer>,
  patience: Patience,
): Promise<Settlement | null> {
  const first = await ask();
  return hasAnswer(first.kind) ? null : settle(ask, hasAnswer, patience);
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
  return asksForSignature ? (kind) => kind === 'missing-token' : isPastAuthorization;
}

function isWrongSignature(kind: AnswerKind): boolean {
  return kind === 'wrong-signature';
}

function isAccepted(kind: AnswerKind): boolean {
  return kind === 'accepted';
}

function hasAnswer(kind: AnswerKind): boolean {
  return !isWithoutAnswer(kind);
}

function signingBy({ credentials, region }: SmokeTest): Signing | { readonly unavailable: string } {
  return typeof credentials === 'function' ? { region, credentials } : credentials;
}

function withoutCredentials(why: { readonly unavailable: string }, sentAs: string): SettledAnswer {
  const kind: AnswerKind = 'no-credentials';
  const seen = new Map([[kind, 1]]);
  return { kind, status: null, detail: why.unavailable, settled: true, seen, sentAs };
}

function requestOf({ row, sample, path }: Selected, verb: string, baseUrl: string): ProbeRequest {
  return {
    method: verb,
    baseUrl,
    path: path.path,
    query: sample.query,
    headers: { ...sample.headers, ...headersOfAddress(baseUrl, row.api.id) },
    // GET and HEAD have no use for one, and `ANY` has one sample for all of its verbs.
    body: verb === 'GET' || verb === 'HEAD' ? null : sample.body,
  };
}
