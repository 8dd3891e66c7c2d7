import type { TransactionHeader } from '../transaction/journal.js';
import { attachGroupPolicy } from './attach-group-policy.js';
import { createDeployment } from './create-deployment.js';
import { createPolicy } from './create-policy.js';
import { createPolicyVersion } from './create-policy-version.js';
import { createV2Deployment } from './create-v2-deployment.js';
import { deletePolicyVersion } from './delete-policy-version.js';
import { moveStage } from './move-stage.js';
import { moveV2Stage } from './move-v2-stage.js';
import { patchMethod } from './patch-method.js';
import type {
  Applied,
  Control,
  Part,
  RollBackContext,
  RollBackResult,
  StepKind,
  Zod,
} from './step-kind.js';
import { updateRoute } from './update-route.js';

/** Every kind of step. */
const KINDS = {
  'create-policy': createPolicy,
  'delete-policy-version': deletePolicyVersion,
  'create-policy-version': createPolicyVersion,
  'attach-group-policy': attachGroupPolicy,
  'patch-method': patchMethod,
  'create-deployment': createDeployment,
  'move-stage': moveStage,
  'update-route': updateRoute,
  'create-v2-deployment': createV2Deployment,
  'move-v2-stage': moveV2Stage,
} as const;

type DataOf<K> = K extends StepKind<infer S> ? S : never;
type Steps = { readonly [K in keyof typeof KINDS]: DataOf<(typeof KINDS)[K]> };

/** One change of a transaction. */
export type Step = Steps[keyof Steps];

/** What can be done with a step, whatever its kind. */
interface BoundStep {
  readonly part: Part;
  readonly isMarked: boolean;
  problemIn(transaction: TransactionHeader): string | null;
  describe(): string;
  apply(control: Control): Promise<Applied>;
  rollBack(context: RollBackContext): Promise<RollBackResult>;
}

function bind<K extends keyof Steps>(kind: K, step: Steps[K]): BoundStep {
  const kinds: { readonly [N in keyof Steps]: StepKind<Steps[N]> } = KINDS;
  const { part, apiKinds, isMarked, problemIn, describe, apply, rollBack } = kinds[kind];
  return {
    part,
    isMarked,
    problemIn: (transaction) =>
      apiKinds.includes(transaction.kind)
        ? problemIn(step, transaction)
        : `is no step of a transaction of a ${transaction.kind} API`,
    describe: () => describe(step),
    apply: (control) => apply(step, control),
    rollBack: (context) => rollBack(step, context),
  };
}

/** A step with what its kind knows to do with it. */
export function actionsOf(step: Step): BoundStep {
  return bind(step.kind, step);
}

/** The schema of every step that a journal may hold. */
export function stepSchema(zod: Zod) {
  return zod.union(Object.values(KINDS).map(({ schema }) => schema(zod)));
}
