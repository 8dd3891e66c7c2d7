import { type Address, isCustomDomain } from './locate.js';
import { pathOfNoRoute } from './routes.js';
import { routesOf, type Selected, type Selection } from './select.js';

/** How an API is asked for what nothing serves; or why that is not possible. */
export type ControlPlan =
  | {
      readonly isPossible: true;
      readonly verb: string;
      readonly baseUrl: string;
      readonly path: string;
    }
  | { readonly isPossible: false; readonly why: string; readonly isExcused: boolean };

/** No stage has such a name but by chance, which is looked at. */
const NO_STAGE = 'apigw-iam-gate-control';

const VERB = 'GET';

/**
 * Plans the control request of a stage, which is sent once, however many of its methods are asked; `null`
 * for a REST API, whose refusals say why.
 */
export function planControl(
  { row, isHandshake, asksForSignature }: Selected,
  { baseUrl, leadsElsewhere }: Address,
  { smokeMethods }: Selection,
): ControlPlan | null {
  if (!asksForSignature) return null;
  if (isHandshake) return planOfStage(row, baseUrl);
  if (row.api.kind !== 'HTTP') return null;
  if (!smokeMethods.includes(VERB))
    return impossible(
      `add ${VERB} to smoke-methods: a control request, to a path that no route takes, is sent so`,
    );
  const reserved = row.api.stageNames;
  const served =
    row.stage?.deployed.readable === true ? [...row.stage.deployed.value.values()] : null;
  const path =
    pathOfNoRoute(routesOf(row), VERB, reserved) ??
    // What is configured and not deployed takes no request yet.
    (served === null ? null : pathOfNoRoute(served, VERB, reserved));
  if (path === null) {
    return {
      isPossible: false,
      why: 'every path has a route, so that nothing shows what API Gateway answers where none has',
      isExcused: true,
    };
  }
  const elsewhere = leadsElsewhere({ path, headers: {} });
  return elsewhere === null
    ? { isPossible: true, verb: VERB, baseUrl, path }
    : impossible(`a control request, to a path that no route takes, is not possible: ${elsewhere}`);
}

/** A handshake with a stage that is not there, in the place of the one that is asked. */
function planOfStage({ api, stage }: Selected['row'], baseUrl: string): ControlPlan {
  const ending = `/${stage?.name ?? ''}`;
  const isPossible =
    !isCustomDomain(baseUrl) && baseUrl.endsWith(ending) && !api.stageNames.includes(NO_STAGE);
  return isPossible
    ? {
        isPossible,
        verb: 'CONNECT',
        baseUrl: `${baseUrl.slice(0, -ending.length)}/${NO_STAGE}`,
        path: '',
      }
    : impossible('at this address no other stage can be asked for, to compare the answers');
}

function impossible(why: string): ControlPlan {
  return { isPossible: false, why, isExcused: false };
}

/** Whether the answers of a method may prove its stage, by all that is known before it is asked. */
export function mayBeProven(selected: Selected, where: Address, selection: Selection): boolean {
  const { asksForSignature, unproven, isHandshake, path, sample } = selected;
  if (!asksForSignature || unproven.length > 0) return false;
  if (where.leadsElsewhere({ path: path.path, headers: sample.headers }) !== null) return false;
  // A handshake that is signed needs nothing to be compared with.
  const control = isHandshake ? null : planControl(selected, where, selection);
  return control === null || control.isPossible || control.isExcused;
}
