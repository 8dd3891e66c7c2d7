import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import pLimit from 'p-limit';
import type { JoinedMethod } from '../evidence/join.js';
import { methodKey } from '../evidence/model.js';
import type { Logger } from '../logger.js';
import { isRequiredType } from '../policy/requirement.js';
import { type AnswerKind, isPastAuthorization, type SettledAnswer } from './answer.js';
import { baseUrlOf } from './endpoint.js';
import { DEFAULT_ENDPOINT_DISABLED, reasonNotToProbe, type Selection } from './select.js';
import type { ProbeRequest, Prober } from './send.js';
import { type Patience, settle } from './settle.js';

/** What was observed of one method of one stage. */
export interface Observation {
  readonly row: JoinedMethod;
  /** Why no request was sent; `null` where one was. */
  readonly notProbed: string | null;
  readonly unsigned: SettledAnswer | null;
  /** `null` also where it would prove nothing: no signature is asked for, or an API key is, too. */
  readonly signed: SettledAnswer | null;
}

/** What the smoke test is to do, and with what. */
export interface SmokeTest extends Selection {
  readonly region: string;
  readonly endpointUrl: string | null;
  readonly timeoutMs: number;
  readonly prober: Prober;
  /** Credentials for the signed requests, or why there are none. */
  readonly credentials: Provider<AwsCredentialIdentity> | { readonly unavailable: string };
  /** Whether a stage was changed so lately that its answers may still change. */
  readonly isSettling: (row: JoinedMethod) => boolean;
  readonly logger: Logger;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
}

/** Probes under way at once: bounded, so that a stage's own throttling is not what answers. */
const PROBES_AT_ONCE = 8;
const LINES_BETWEEN_PROGRESS = 25;

/** Asks the endpoint of every row that may be probed; every row comes back, in order. */
export async function runSmokeTest(
  rows: readonly JoinedMethod[],
  test: SmokeTest,
): Promise<Observation[]> {
  const deadlineMs = test.now() + test.timeoutMs;
  const limit = pLimit(PROBES_AT_ONCE);
  const reasons = rows.map((row) => reasonNotToProbe(row, test) ?? endpointProblem(row, test));
  const total = reasons.filter((reason) => reason === null).length;
  let done = 0;
  return Promise.all(
    rows.map((row, index) => {
      const notProbed = reasons[index] ?? null;
      if (notProbed !== null) return { row, notProbed, unsigned: null, signed: null };
      return limit(async () => {
        const observation = await observe(row, test, deadlineMs);
        done += 1;
        if (done % LINES_BETWEEN_PROGRESS === 0 || done === total) {
          test.logger.info(`${done}/${total} methods asked`);
        }
        return observation;
      });
    }),
  );
}

function endpointProblem(row: JoinedMethod, test: SmokeTest): string | null {
  const { description } = row.api;
  const disabled = description.readable && description.value.defaultEndpointDisabled;
  return disabled && test.endpointUrl === null ? DEFAULT_ENDPOINT_DISABLED : null;
}

async function observe(
  row: JoinedMethod,
  test: SmokeTest,
  deadlineMs: number,
): Promise<Observation> {
  const stage = row.stage?.name ?? '';
  const address = { apiId: row.api.id, stage, region: test.region };
  const request: ProbeRequest = {
    method: row.method,
    baseUrl: baseUrlOf(address, test.endpointUrl),
    path: row.path,
  };
  const patience: Patience = {
    settling: test.isSettling(row),
    deadlineMs,
    now: test.now,
    sleep: test.sleep,
    random: test.random,
  };
  const asksForSignature = row.deployed !== null && isRequiredType(row.deployed);
  const [unsigned, signed] = await Promise.all([
    settle(
      () => test.prober.sendUnsigned(request),
      // An open snapshot is expected to answer anybody: there is no change to wait for.
      (kind) => (asksForSignature ? kind === 'missing-token' : isPastAuthorization(kind)),
      asksForSignature ? patience : { ...patience, settling: false },
    ),
    // The API key is asked for after the signature: without one, "Forbidden" would say nothing.
    asksForSignature && !asksForApiKey(row) ? observeSigned(request, test, patience) : null,
  ]);
  return { row, notProbed: null, unsigned, signed };
}

function asksForApiKey({ stage, method, path }: JoinedMethod): boolean {
  if (stage === null || !stage.deployed.readable) return false;
  return stage.deployed.value.get(methodKey(method, path))?.apiKeyRequired ?? false;
}

async function observeSigned(
  request: ProbeRequest,
  test: SmokeTest,
  patience: Patience,
): Promise<SettledAnswer> {
  const { credentials } = test;
  if (typeof credentials !== 'function') {
    const kind: AnswerKind = 'no-credentials';
    const detail = credentials.unavailable;
    return { kind, status: null, detail, settled: true, seen: new Map([[kind, 1]]) };
  }
  return settle(
    () => test.prober.sendSigned(request, test.region, credentials),
    (kind) => kind === 'accepted',
    patience,
  );
}
