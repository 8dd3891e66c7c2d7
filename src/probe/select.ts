import type { SampleRequest } from '../config/config.js';
import { isRequiredType } from '../config/requirement.js';
import type { JoinedMethod } from '../evidence/join.js';
import { LAYERS } from '../evidence/layers.js';
import { methodKey, UNREADABLE, UNTOLD } from '../model/evidence.js';
import { placeholdersIn } from '../model/placeholders.js';
import { type FilledPath, fillPath } from './request-path.js';
import { mayTake, type Route, takenBy } from './routes.js';
import { sampleFor } from './sample.js';

/** Which methods may be probed, and how a caller asks for them. */
export interface Selection {
  readonly smokeTest: boolean;
  /** HTTP methods that may be sent at all. */
  readonly smokeMethods: readonly string[];
  readonly samples: readonly SampleRequest[];
}

/** A method that is to be asked, with all that its requests need but their address. */
export interface Selected {
  readonly row: JoinedMethod;
  /** HTTP methods to send: one, or for `ANY` each that is allowed. Never empty. */
  readonly verbs: readonly string[];
  readonly sample: SampleRequest;
  readonly path: FilledPath;
  /** The snapshot asks for a signature, so that all three requests say something. */
  readonly asksForSignature: boolean;
  /** Why no signed request is sent, and what to add so that one is; empty where one is sent. */
  readonly unproven: readonly string[];
  /** It is asked for a WebSocket connection. */
  readonly isHandshake: boolean;
}

/** Stands in `smoke-methods` for a signed handshake, which runs the integration of `$connect`. */
export const CONNECT = 'CONNECT';

/**
 * Whether a method is served with IAM as far as is known. Where no call tells how it is served, the answers
 * must: it is asked as it is configured.
 */
export function asksForSignature({
  deployed,
  configured,
}: Pick<JoinedMethod, 'deployed' | 'configured'>): boolean {
  const type = deployed === UNTOLD ? configured : deployed;
  if (deployed === UNTOLD && (type === null || type === UNREADABLE)) return true;
  return type !== null && isRequiredType(type);
}

/**
 * Chooses a row for the smoke test, or says why it is not. Only a method that the user lets us send is
 * asked. One that the snapshot does not name is asked unsigned where its address is exact: nobody knows
 * how large a summary AWS answers in full, and what it left out must not go unseen. Without sample values a path with parameters gets a
 * placeholder, for requests that must be refused alone.
 */
export function select(row: JoinedMethod, selection: Selection): Selected | string {
  if (!selection.smokeTest) return 'smoke-test is off';
  if (row.stage === null) return 'not deployed';
  if (row.deployed === UNREADABLE && !row.stage.deployed.readable) {
    return 'the snapshot of the stage could not be read';
  }
  const sample = sampleFor(selection.samples, row.method, row.path);
  if (row.api.kind === 'WEBSOCKET') return selectHandshake(row, sample, selection);
  const reason = reasonOfPreflight(row);
  if (reason !== null) return reason;
  const allowed = verbsOf(row, selection.smokeMethods);
  if (allowed.length === 0) return 'not in smoke-methods';
  const path = pathOf(row, sample);
  if (path.path.includes('%7B')) return 'its path has a parameter that is not a whole segment';
  const { verbs, other } = verbsOfRoute(row, allowed, path.path);
  if (verbs.length === 0) return other;
  const isToBeRefused = asksForSignature(row);
  if (path.missing.some((name) => name.endsWith('+'))) {
    return `its path is open-ended: add ${valuesFor(path.missing)} to the smoke section of the policy file`;
  }
  if (row.deployed === null && path.missing.length > 0) return 'not deployed';
  if (row.deployed === UNREADABLE && path.missing.length > 0) {
    return 'whether the stage serves it is not known';
  }
  if (path.missing.length > 0 && !isToBeRefused) {
    return `it is open, so that a made-up value would reach the backend: add ${valuesFor(path.missing)} to the smoke section of the policy file`;
  }
  return {
    ...{ row, verbs, sample, path },
    asksForSignature: isToBeRefused,
    unproven: gapsOf(row, sample, path),
    isHandshake: false,
  };
}

/** A handshake is asked unsigned and tampered whatever is allowed: it reaches a backend only where it is open. */
function selectHandshake(
  row: JoinedMethod,
  sample: SampleRequest,
  { smokeMethods }: Selection,
): Selected {
  const path = pathOf(row, sample);
  return {
    ...{ row, sample, path },
    verbs: [CONNECT],
    asksForSignature: asksForSignature(row),
    unproven: [
      ...gapsOf(row, sample, path),
      ...(smokeMethods.includes(CONNECT)
        ? []
        : ['add CONNECT to smoke-methods: a signed handshake runs the $connect integration']),
    ],
    isHandshake: true,
  };
}

/** The parameter of a sample that is the path to ask `$default` for. */
const PATH_OF_DEFAULT = 'proxy';

function pathOf(row: JoinedMethod, { pathParameters }: SampleRequest): FilledPath {
  const isGiven = row.method === '$default' && Object.hasOwn(pathParameters, PATH_OF_DEFAULT);
  return fillPath(isGiven ? `/{${PATH_OF_DEFAULT}+}` : row.path, pathParameters);
}

/**
 * Of the verbs of a method those that no other method takes; and why none is left, where none is. A sample
 * value may spell a path that has methods of its own (`/pets/{id}` with `mine`, beside `/pets/mine`): their
 * answers prove nothing of this one.
 */
function verbsOfRoute(
  row: JoinedMethod,
  allowed: readonly string[],
  path: string,
): { readonly verbs: readonly string[]; readonly other: string; readonly isTaken: boolean } {
  const { description } = row.api;
  // Whether it answers before a route is asked for its authorization, nobody has written down.
  const answersCors = description.readable && description.value.v2?.answersCors === true;
  const asked = answersCors ? allowed.filter((verb) => verb !== 'OPTIONS') : allowed;
  if (asked.length === 0) {
    const other = 'API Gateway answers OPTIONS itself (CorsConfiguration)';
    return { verbs: [], other, isTaken: false };
  }
  const routes = row.api.kind === 'HTTP' ? routesOf(row) : servedBy(row);
  const others = asked.map(
    (verb) => takenBy(row, routes, verb, path) ?? openInPlaceOf(row, verb, path),
  );
  const [other] = others.filter((it) => it !== null);
  return {
    verbs: asked.filter((_, at) => others[at] === null),
    isTaken: other !== undefined,
    other:
      other === undefined
        ? ''
        : `${methodKey(other.method, other.path)} may take what it is asked for${row.method === '$default' ? `: ${VALUE_OF_DEFAULT}` : ''}`,
  };
}

const VALUE_OF_DEFAULT = `add a value for {${PATH_OF_DEFAULT}}, a path that no other route takes, for $default to the smoke section of the policy file`;

/** What takes the requests to a stage of a REST API: its snapshot tells, or nothing does. */
function servedBy({ stage }: JoinedMethod): Route[] {
  return stage?.deployed.readable === true ? [...stage.deployed.value.values()] : [];
}

/**
 * What is open by a snapshot of the stage, and takes what a method is asked for that is not known to be served, as
 * one that was not deployed yet: what it answers to strangers convicts nobody else. `null` where nothing does.
 */
function openInPlaceOf(row: JoinedMethod, verb: string, path: string): Route | null {
  const { stage, deployed, method, path: own } = row;
  if (deployed !== null && deployed !== UNREADABLE) return null;
  const served = [stage?.deployed, stage?.canary?.deployed].flatMap((layer) =>
    layer?.readable === true ? [...layer.value.values()] : [],
  );
  const open = served.find(
    (other) =>
      !isRequiredType(other.authorizationType) &&
      (other.method !== method || other.path !== own) &&
      mayTake(other, verb, path),
  );
  return open ?? null;
}

/** Every route of an API that is known, configured or served. */
export function routesOf({ api, stage }: Pick<JoinedMethod, 'api' | 'stage'>): Route[] {
  return [stage?.deployed, api.configured].flatMap((layer) =>
    layer?.readable === true ? [...layer.value.values()] : [],
  );
}

/**
 * What a method with IAM wants so that it is asked, where it is not for want of a value alone; `null`
 * elsewhere.
 */
export function wantOf(row: JoinedMethod, selection: Selection): string | null {
  if (!selection.smokeTest || !asksForSignature(row)) return null;
  const allowed = verbsOf(row, selection.smokeMethods);
  if (allowed.length === 0) return null;
  const sample = sampleFor(selection.samples, row.method, row.path);
  const { path, missing } = pathOf(row, sample);
  const { verbs, isTaken } = verbsOfRoute(row, allowed, path);
  if (row.method === '$default' && isTaken) return VALUE_OF_DEFAULT;
  const names = [...placeholdersIn(row.path, '{', '}')].map(({ name }) => name);
  if (verbs.length === 0 && isTaken && names.length > 0) {
    return `set ${valuesFor(names)} that no other ${row.api.kind === 'REST' ? 'method' : 'route'} takes in the smoke section of the policy file`;
  }
  return missing.some((name) => name.endsWith('+'))
    ? `add ${valuesFor(missing)} to the smoke section of the policy file`
    : null;
}

/**
 * Why an OPTIONS method is not asked: what a stage or its canary serves without IAM answers anybody,
 * which convicts no preflight. One that reaches a backend is asked as any other method is.
 */
function reasonOfPreflight(row: JoinedMethod): string | null {
  if (row.method !== 'OPTIONS') return null;
  const open = LAYERS.filter(({ of, name }) => {
    const type = row[name];
    return of === 'stage' && type !== null && !row.allowedTypes.includes(type);
  });
  if (open.some(({ name }) => row.preflights[name] === 'unknown')) {
    return 'whether it is a preflight is not known';
  }
  if (open.some(({ name }) => row.preflights[name] === 'yes')) {
    return 'a preflight is open on purpose';
  }
  return row.deployed === null && row.preflights.configured === 'yes' ? 'not deployed' : null;
}

function gapsOf(row: JoinedMethod, sample: SampleRequest, { missing }: FilledPath): string[] {
  const gaps: string[] = [];
  if (missing.length > 0) {
    gaps.push(`add ${valuesFor(missing)} to the smoke section of the policy file`);
  }
  const headers = Object.keys(sample.headers).map((name) => name.toLowerCase());
  // The key is asked for after the signature: without it, "Forbidden" would say nothing.
  if (asksForApiKey(row) && !headers.includes('x-api-key')) {
    gaps.push('add the header x-api-key to the smoke section of the policy file');
  }
  return gaps;
}

/** `values for {id} and {part}`. */
function valuesFor(names: readonly string[]): string {
  const braced = names.map((name) => `{${name}}`).join(' and ');
  return `${names.length === 1 ? 'a value' : 'values'} for ${braced}`;
}

/** `ANY` answers every verb that has no method of its own on the same path, and `$default` every verb. */
function verbsOf({ stage, method, path }: JoinedMethod, named: readonly string[]): string[] {
  const allowed = named.filter((verb) => verb !== CONNECT);
  if (method === '$default') return allowed;
  if (method !== 'ANY') return allowed.includes(method) ? [method] : [];
  const own = stage?.deployed.readable === true ? stage.deployed.value : new Map();
  return allowed.filter((verb) => !own.has(methodKey(verb, path)));
}

/** Whether either of the stage's deployments does: a request may get to the one or the other. */
export function asksForApiKey({ stage, method, path }: JoinedMethod): boolean {
  const served = stage === null ? [] : [stage.deployed, stage.canary?.deployed];
  return served.some(
    (layer) =>
      layer?.readable === true && layer.value.get(methodKey(method, path))?.apiKeyRequired === true,
  );
}
