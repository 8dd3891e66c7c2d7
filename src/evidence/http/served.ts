import { isRequiredType } from '../../config/requirement.js';
import {
  type ConfiguredMethod,
  type DeployedMethod,
  type Methods,
  type Reading,
  UNREADABLE,
  UNTOLD,
  type Unreadable,
} from '../../model/evidence.js';
import { unreadable } from '../reading.js';
import type { StageState } from '../v2/stages.js';
import { TURN_ON_AUTO_DEPLOY, untold } from '../v2/untold.js';
import type { ExportedRoute } from './exported-routes.js';

/** What is known of a stage of an HTTP API. */
export interface Known {
  readonly isCurrent: StageState['isCurrent'];
  readonly exported: Methods<ExportedRoute>;
  readonly configured: Reading<Methods<ConfiguredMethod>>;
  readonly allowedTypesOf: (method: string, path: string) => readonly string[];
}

/**
 * What a stage of an HTTP API serves, by its export and by what is configured.
 *
 * "Choose a stage to export, or the latest configuration" (API Gateway Developer Guide, "Use OpenAPI
 * definitions for HTTP APIs"): whether the export of a stage shows what that stage serves, or what is
 * newest, nobody has written down. So an export convicts and never acquits by itself: a route that it shows
 * without an allowed type is served so, or is configured so, and both are wrong. One that it shows with an
 * allowed type is served so where the stage deploys every change by itself and has finished, since old and
 * new are the same there. Everywhere else no call tells it, and only the endpoint can.
 */
export function servedRoutes({
  isCurrent,
  exported,
  configured,
  allowedTypesOf,
}: Known): Methods<DeployedMethod> {
  const why = reasonOf(isCurrent);
  // It was never written down that an export shows AWS_IAM; one that shows it somewhere does.
  const showsIam = [...exported.values()].some((it) => isRequiredType(it.authorizationType));
  const routes: Methods<{ readonly method: string; readonly path: string }> = new Map([
    ...(configured.readable ? configured.value : []),
    ...exported,
  ]);
  const typeOf = (key: string, method: string, path: string): Told => {
    const shown = exported.get(key)?.authorizationType;
    const set = configured.readable ? configured.value.get(key)?.authorizationType : undefined;
    // An authorizer whose scheme the export does not describe: GetRoutes names the type.
    const isUndescribed = shown === UNREADABLE && (set === 'JWT' || set === 'CUSTOM');
    if (shown === UNREADABLE && !isUndescribed) return { type: UNREADABLE, unread: NOT_KNOWN };
    const said = isUndescribed ? set : shown;
    if (said === 'NONE' && set !== undefined && isRequiredType(set) && !showsIam) {
      return { type: UNTOLD, unread: SHOWS_NO_IAM };
    }
    if (said !== undefined && !allowedTypesOf(method, path).includes(said)) {
      return { type: said, unread: null };
    }
    if (why !== null) return { type: why.isUntold ? UNTOLD : UNREADABLE, unread: why };
    // Not in the export: it was made a moment ago, or stands there otherwise than the gate knows.
    if (said === undefined) return { type: set ?? UNREADABLE, unread: null };
    if (set !== undefined && set !== said) return { type: UNTOLD, unread: IN_BETWEEN };
    return { type: said, unread: null };
  };
  return new Map(
    [...routes].map(([key, { method, path }]) => {
      const { type, unread } = typeOf(key, method, path);
      const route: DeployedMethod = {
        method,
        path,
        authorizationType: type,
        apiKeyRequired: false,
        preflight: 'no',
        unread,
      };
      return [key, route];
    }),
  );
}

interface Told {
  readonly type: string;
  readonly unread: Unreadable | null;
}

/** Why an export proves nothing of the stage; `null` where it does. */
function reasonOf(isCurrent: Known['isCurrent']): Unreadable | null {
  if (!isCurrent.readable) return isCurrent;
  if (isCurrent.value === true) return null;
  return untold(
    'ExportApi',
    `may show what is configured and not what the stage serves, and ${isCurrent.value}`,
    `${ASK_THE_ROUTES} Or ${TURN_ON_AUTO_DEPLOY}.`,
  );
}

const ASK_THE_ROUTES =
  'Let the smoke test ask the routes (smoke-methods, and values for their parameters in the smoke section of the policy file).';

const SHOWS_NO_IAM = untold(
  'ExportApi',
  'shows no authorization where AWS_IAM is configured, and AWS_IAM for no route at all: it is not known whether it shows that type',
  ASK_THE_ROUTES,
);

const IN_BETWEEN = untold(
  'ExportApi',
  'shows a type that is not the configured one, although the stage deploys by itself: a change is under way',
  'Run the job again when the stage is at rest.',
);

const NOT_KNOWN = unreadable(
  'ExportApi',
  'shows a security scheme that the gate does not know',
  'Run the job again; if it stays, open an issue with this message.',
);
