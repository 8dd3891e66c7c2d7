import type { JoinedMethod } from '../evidence/join.js';
import type { LayerName } from '../evidence/layers.js';
import { isKnownType, methodKey, UNREADABLE } from '../model/evidence.js';
import { inList } from './in-list.js';

const ONCE = new WeakMap<readonly JoinedMethod[], readonly JoinedMethod[]>();

/**
 * One row a method: what is configured is the same for every stage, and is said once. Several rules want it
 * of the same rows, which are many: it is made once.
 */
export function oncePerMethod(rows: readonly JoinedMethod[]): readonly JoinedMethod[] {
  const known = ONCE.get(rows);
  if (known !== undefined) return known;
  const made = firstOfEachMethod(rows);
  ONCE.set(rows, made);
  return made;
}

function firstOfEachMethod(rows: readonly JoinedMethod[]): JoinedMethod[] {
  const byMethod = new Map<string, JoinedMethod>();
  for (const row of rows) {
    const key = `${row.api.id} ${methodKey(row.method, row.path)}`;
    if (!byMethod.has(key)) byMethod.set(key, row);
  }
  return [...byMethod.values()];
}

/** Whether a method's configured integration is MOCK, which reaches no backend. */
export function isConfiguredMock(row: JoinedMethod): boolean {
  const { configured } = row.api;
  if (!configured.readable) return false;
  return configured.value.get(methodKey(row.method, row.path))?.integrationType === 'MOCK';
}

/** What the run was asked to do, as far as a fix depends on it. */
export interface Asked {
  readonly mode: 'audit' | 'plan' | 'enforce';
  readonly replaceAuthorizers: boolean;
  readonly allowLiveChanges?: boolean;
  readonly grant: boolean;
}

/** What is asked where nobody says: nothing is changed. */
export const AUDIT: Asked = { mode: 'audit', replaceAuthorizers: false, grant: false };

const AT_ITS_SOURCE = 'Set its authorization to AWS_IAM at its source';

/** How to turn IAM on for a method that is configured with another authorization type. */
export function enforceFix(
  row: JoinedMethod,
  authorizationType: string,
  asked: Asked = AUDIT,
): string {
  if (isManaged(row)) {
    return `${AT_ITS_SOURCE}, or put a route of your own in its place: API Gateway manages this one (quick create), and mode: enforce leaves it as it is.`;
  }
  const wanted = consentsTo(row, authorizationType);
  const missing = asked.mode === 'enforce' ? wanted.filter(({ isSet }) => !isSet(asked)) : wanted;
  const named = missing.map(({ input }) => `${input}: true`);
  const why = missing.length === 0 ? '' : ` (${missing.map((it) => it.why).join('; ')})`;
  if (asked.mode !== 'enforce') {
    const inputs = ['mode: enforce', ...named];
    return `${AT_ITS_SOURCE}, or run the gate with ${inList(inputs)}${why}.`;
  }
  return missing.length > 0
    ? `${AT_ITS_SOURCE}, or set ${inList(named)}${why}.`
    : `${AT_ITS_SOURCE}, or put right why enforce did not: the report says it under "What enforce changed".`;
}

/** What enforce does to a method only where an input allows it, and what that means. */
interface Consent {
  readonly input: string;
  readonly isSet: (asked: Asked) => boolean;
  readonly why: string;
}

function consentsTo({ api }: JoinedMethod, authorizationType: string): Consent[] {
  const stages = api.stages.readable ? api.stages.value : [];
  const isLive = stages.some(({ deployment }) => deployment?.autoDeploy === true);
  return [
    ...(authorizationType === 'NONE'
      ? []
      : [
          {
            input: 'replace-authorizers',
            isSet: ({ replaceAuthorizers }: Asked) => replaceAuthorizers,
            why: `callers that use ${authorizationType} today must sign then`,
          },
        ]),
    ...(isLive
      ? [
          {
            input: 'allow-live-changes',
            isSet: ({ allowLiveChanges }: Asked) => allowLiveChanges === true,
            why: 'a stage of the API deploys by itself, and each change is live at once',
          },
        ]
      : []),
  ];
}

/** Whether API Gateway made a route, and lets nobody change it. */
function isManaged({ api, method, path }: JoinedMethod): boolean {
  if (!api.configured.readable) return false;
  return api.configured.value.get(methodKey(method, path))?.route?.isManaged === true;
}

/** How to have a stage serve what is configured. */
export function deployFix({ stage }: JoinedMethod, { mode }: Asked = AUDIT): string {
  if (stage?.deployment?.autoDeploy === true) {
    return 'The stage deploys by itself: look in the API Gateway console whether its last deployment failed, and run the job again when it is finished.';
  }
  return mode === 'enforce'
    ? 'Deploy the API to the stage, or put right why enforce did not: the report says it under "What enforce changed".'
    : 'Deploy the API to the stage, or run the gate with mode: enforce.';
}

/**
 * How to close a method that a stage serves without IAM: where what is configured is in order, or gone,
 * a deployment is all that is missing.
 */
export function servedFix(row: JoinedMethod, asked: Asked = AUDIT): string {
  if (row.configured === null || isFixedAtSource(row)) return deployFix(row, asked);
  // What enforce would change; where nobody can read that, what is served.
  const changed = (row.configured === UNREADABLE ? row.deployed : row.configured) ?? 'NONE';
  const fix = enforceFix(row, changed, asked);
  return row.stage?.deployment?.autoDeploy === true
    ? fix
    : `${fix} Then deploy the API to the stage.`;
}

/** Whether a method is configured as it may be: with an allowed type, or as a preflight. */
export function isFixedAtSource(row: JoinedMethod): boolean {
  const { configured } = row;
  return configured !== null && (isAllowed(row, configured) || row.preflights.configured === 'yes');
}

/** How to let the group invoke. */
export function grantFix({ mode, grant }: Asked = AUDIT): string {
  const byHand = 'Attach the policy in the output invoke-policy to the group';
  if (mode !== 'enforce') return `${byHand}, or run the gate with mode: enforce and grant: true.`;
  return grant
    ? `${byHand}, or put right why enforce did not: the report says it under "Who may invoke".`
    : `${byHand}, or set grant: true.`;
}

/** Whether the policy lets a method have an authorization type. */
export function isAllowed(row: JoinedMethod, authorizationType: string): boolean {
  return row.allowedTypes.includes(authorizationType);
}

/**
 * Whether a layer's method is open. An OPTIONS method of which nobody can tell whether it is a preflight
 * is not called open: `unreadable` says that nobody knows.
 */
export function isOpen(row: JoinedMethod, layer: LayerName): boolean {
  const authorization = row[layer];
  return (
    isKnownType(authorization) && !isAllowed(row, authorization) && row.preflights[layer] === 'no'
  );
}

/** What a row is called: a REST API has methods, HTTP and WebSocket APIs have routes. */
export function nounOf({ api }: JoinedMethod): 'method' | 'route' {
  return api.kind === 'REST' ? 'method' : 'route';
}

/** What else an open route opens, as a part of a sentence; empty where nothing. */
export function reachOf({ api, method }: JoinedMethod): string {
  if (api.kind === 'HTTP' && method === '$default') {
    return ', and with it every path that no other route takes';
  }
  return '';
}

/** What tells an OPTIONS method that is open from a preflight, as a part of a sentence. */
export function backendOf({ method }: JoinedMethod): string {
  return method === 'OPTIONS' ? ', and it is no preflight' : '';
}
