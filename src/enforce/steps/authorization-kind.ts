import { AwsFailure } from '../../aws/failure.js';
import type { ApiKind } from '../../model/api-kind.js';
import { type Certainty, makeCertain, type Sight } from '../transaction/make-certain.js';
import {
  type Applied,
  type Control,
  NOTHING_TO_ROLL_BACK,
  notRolledBack,
  otherApi,
  ROLLED_BACK,
  type RollBackContext,
  type RollBackResult,
  type StepKind,
} from './step-kind.js';

/* The authorization of a method or route is changed. */

/** What a step changes, and rolls back. */
export interface Authorization {
  readonly authorizationType: string;
  readonly authorizerId: string | null;
  readonly authorizationScopes: readonly string[];
  /** Absent where nothing that the gate does could change it. */
  readonly apiKeyRequired?: boolean | undefined;
}

interface AuthorizationStep {
  readonly target: { readonly apiId: string };
  readonly does: { readonly authorizationType: string; readonly isLive?: boolean | undefined };
  readonly rollBack: Authorization;
}

/** The calls of one version of the control plane, and what it calls things. */
export interface AuthorizationCalls<S extends AuthorizationStep> {
  /** As the report names it: `GET /pets`. */
  readonly nameOf: (target: S['target']) => string;
  /** `null` where there is none. */
  readonly read: (target: S['target'], control: Control) => Promise<Authorization | null>;
  readonly close: (step: S, control: Control) => Promise<unknown>;
  readonly open: (
    target: S['target'],
    now: Authorization,
    former: Authorization,
    control: Control,
  ) => Promise<unknown>;
  /** Whatever must be known before a change so that `settle` can tell what it led to. */
  readonly watch?: (step: S, control: Control) => Promise<Watch | null>;
}

/** Looks at what a change leads to that is live at once. */
export interface Watch {
  /**
   * Waits until stages serve what was changed.
   *
   * @returns why one does not, as a sentence; `null` where all do.
   */
  readonly settle: (isChanged: boolean) => Promise<string | null>;
}

/** What is done with a step that changes an authorization, in terms of the version's calls. */
export function authorizationKind<S extends AuthorizationStep>(
  apiKinds: readonly ApiKind[],
  schema: StepKind<S>['schema'],
  calls: AuthorizationCalls<S>,
): StepKind<S> {
  return {
    part: 'method',
    apiKinds,
    schema,
    problemIn: ({ target }, transaction) =>
      otherApi(target.apiId === transaction.apiId, transaction),
    describe: ({ target, does }) => `${calls.nameOf(target)} to ${does.authorizationType}`,
    apply: (step, control) => apply(step, calls, control),
    rollBack: (step, context) => rollBack(step, calls, context),
    isMarked: false,
  };
}

async function apply<S extends AuthorizationStep>(
  step: S,
  calls: AuthorizationCalls<S>,
  control: Control,
): Promise<Applied> {
  const { target, does, rollBack: former } = step;
  const see = (now: Authorization): Sight => {
    if (now.authorizationType === does.authorizationType) return 'made';
    return isFormer(now, former) ? 'as-before' : 'changed-by-others';
  };
  const make = () => calls.close(step, control);
  return { certainty: await patch(target, make, see, calls, control) };
}

/**
 * A method does not say who changed it, so it is opened again only where AWS answered our call. A
 * patch whose answer was lost may never have been carried out, and the change may be somebody else's.
 * A closed method does no harm until it is deployed; an open one might.
 */
async function rollBack<S extends AuthorizationStep>(
  step: S,
  calls: AuthorizationCalls<S>,
  context: RollBackContext,
): Promise<RollBackResult> {
  const { target, does, rollBack: former } = step;
  const name = calls.nameOf(target);
  // Read first: no time may pass between reading the method and patching it.
  const servedSince = context.isConfirmed ? await context.readServedSince() : [];
  const watch = await calls.watch?.(step, context);
  const settled = async (isChanged: boolean): Promise<RollBackResult> => {
    const problem = (await watch?.settle(isChanged)) ?? null;
    if (problem === null) return isChanged ? ROLLED_BACK : NOTHING_TO_ROLL_BACK;
    const words = `${name} was rolled back, and is not served so: ${problem}`;
    return { state: 'not-rolled-back', words, isFinal: false };
  };
  const now = await calls.read(target, context);
  if (now === null) return notRolledBack(`${name} is gone: somebody deleted it`);
  if (isFormer(now, former)) return settled(false);
  if (!context.isConfirmed) {
    return notRolledBack(
      now.authorizationType === does.authorizationType
        ? `${name} stays ${does.authorizationType} ${whereClosed(does)}: AWS's answer to the patch was lost, so the change may be somebody else's`
        : `${name} reads ${now.authorizationType}, which somebody else set since`,
    );
  }
  // The former type whose scopes are still missing: rolling back stopped halfway.
  const isOurs =
    isLeftByPatch(now, does.authorizationType, former) ||
    (now.authorizationType === former.authorizationType &&
      now.authorizerId === former.authorizerId &&
      now.authorizationScopes.length === 0);
  if (!isOurs) {
    const isType =
      now.authorizationType === does.authorizationType ||
      now.authorizationType === former.authorizationType;
    const what = `${now.authorizationType}${isType ? ' with another authorizer or other scopes' : ''}`;
    return notRolledBack(`${name} reads ${what}, which somebody else set since`);
  }
  // Opening a method that a stage has come to serve closed would leave a pending change behind.
  for (const { stage, deploymentId, authorizationTypes } of servedSince) {
    const stays = `${name} stays ${does.authorizationType}: stage ${stage} has come to serve deployment ${deploymentId}`;
    if (authorizationTypes === null) {
      return notRolledBack(`${stays}, and AWS does not tell which type it has there`);
    }
    if (authorizationTypes.get(name) === does.authorizationType) {
      return notRolledBack(`${stays}, which has it with that type`);
    }
  }
  const see = (method: Authorization): Sight => {
    if (isFormer(method, former)) return 'made';
    return method.authorizationType === now.authorizationType ? 'as-before' : 'changed-by-others';
  };
  const make = () => calls.open(target, now, former, context);
  const certainty = await patch(target, make, see, calls, context);
  const after = await readAgain(target, certainty, calls, context);
  if (after === 'unread') return ROLLED_BACK;
  if (after !== null && isFormer(after, former)) return settled(true);
  return notRolledBack(
    `${name} was rolled back and reads ${after?.authorizationType ?? 'nothing'}`,
  );
}

function whereClosed({ isLive }: AuthorizationStep['does']): string {
  return isLive === true ? 'and is live' : 'in the configuration';
}

/**
 * Reads a method that was rolled back. Where that fails although AWS answered the patch, the step has
 * ended: rolling it back once more might open what somebody closes next.
 */
async function readAgain<S extends AuthorizationStep>(
  target: S['target'],
  certainty: Certainty,
  calls: AuthorizationCalls<S>,
  control: Control,
): Promise<Authorization | null | 'unread'> {
  try {
    return await calls.read(target, control);
  } catch (error) {
    if (error instanceof AwsFailure && certainty === 'answered') return 'unread';
    throw error;
  }
}

/**
 * Whether a method is as the patch to a type left it. Authorizer and scopes are those from before or gone:
 * AWS does not say whether it keeps them. Whoever set others has a change of the method under way.
 */
function isLeftByPatch(now: Authorization, type: string, former: Authorization): boolean {
  const { authorizationType, authorizerId, authorizationScopes: scopes } = now;
  return (
    authorizationType === type &&
    (authorizerId === null || authorizerId === former.authorizerId) &&
    (scopes.length === 0 || sorted(scopes) === sorted(former.authorizationScopes))
  );
}

function isFormer(now: Authorization, former: Authorization): boolean {
  return (
    now.authorizationType === former.authorizationType &&
    now.authorizerId === former.authorizerId &&
    sorted(now.authorizationScopes) === sorted(former.authorizationScopes) &&
    (former.apiKeyRequired === undefined || now.apiKeyRequired === former.apiKeyRequired)
  );
}

function sorted(scopes: readonly string[]): string {
  return JSON.stringify([...scopes].sort());
}

function patch<S extends AuthorizationStep>(
  target: S['target'],
  make: () => Promise<unknown>,
  see: (now: Authorization) => Sight,
  calls: AuthorizationCalls<S>,
  control: Control,
): Promise<Certainty> {
  return makeCertain(
    {
      what: `the patch of ${calls.nameOf(target)}`,
      make,
      look: async () => {
        const now = await calls.read(target, control);
        return now === null ? 'changed-by-others' : see(now);
      },
    },
    control.retries,
  );
}
