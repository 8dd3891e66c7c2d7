import type { Iam } from '../../../src/aws/iam.js';
import type { RetrySettings } from '../../../src/aws/retry.js';
import { DEFAULT_CONFIG } from '../../../src/config/config.js';
import { enforcerOf } from '../../../src/enforce/kinds/by-kind.js';
import { readShipped } from '../../../src/enforce/kinds/shipped.js';
import type { Outcome, StageProof } from '../../../src/enforce/outcome.js';
import { planEnforcement } from '../../../src/enforce/plan.js';
import { type CheckedPlan, decidePending } from '../../../src/enforce/preconditions.js';
import type { Step } from '../../../src/enforce/steps/registry.js';
import type { Services } from '../../../src/enforce/steps/step-kind.js';
import type { Journal } from '../../../src/enforce/transaction/journal.js';
import { enforceLive } from '../../../src/enforce/transaction/live.js';
import { type RollBack, rollBackTransaction } from '../../../src/enforce/transaction/roll-back.js';
import { enforceApi } from '../../../src/enforce/transaction/transaction.js';
import { collectEvidence } from '../../../src/evidence/collect.js';
import { fakeRetries, type MemoryJournal, TOKEN } from './enforcement-kit.js';
import { fakeApi, fakeControlPlane } from './fake-control-plane.js';
import {
  API_V2_ID,
  type FakeV2Api,
  type FakeV2Plane,
  fakeV2Plane,
} from './fake-control-plane-v2.js';
import { NO_IAM } from './fake-iam.js';

/** What a test asks of enforcement. */
export interface AskedV2 {
  readonly allowPendingChanges?: boolean;
  readonly allowLiveChanges?: boolean;
  readonly replaceAuthorizers?: boolean;
  readonly stages?: readonly string[] | '*';
  readonly servedOpen?: ReadonlySet<string>;
}

/** Plans from what the API is now, as the gate does; the same switches hold for it. */
export async function planV2(plane: FakeV2Plane, asked: AskedV2 = {}): Promise<CheckedPlan> {
  const reading = servicesOf(fakeV2Plane(plane.api, plane.unwritten));
  const retries = fakeRetries();
  const scope = {
    apiIds: [API_V2_ID],
    apiTypes: [plane.api.kind],
    stages: asked.stages ?? '*',
    region: 'eu-west-1',
  } as const;
  const { apis } = await collectEvidence(scope, reading, retries.logger);
  const options = { policy: DEFAULT_CONFIG, today: '2026-11-25', replaceAuthorizers: true };
  const [plan] = planEnforcement(apis, { ...options, ...asked });
  if (plan === undefined) throw new Error('nothing was planned');
  const { findPending, shippedReaders } = enforcerOf(plan.api.kind);
  const { found, uncompared, refusals } = await findPending(plan, reading);
  const checked = decidePending(plan, found, asked.allowPendingChanges ?? false);
  const { shipped } = await readShipped(shippedReaders(plan.api, reading));
  return {
    ...checked,
    refusals: [...checked.refusals, ...refusals],
    notes: [...checked.notes, ...uncompared],
    shipped,
  };
}

/** Plans, and carries it out. */
export async function enforceV2(
  plane: FakeV2Plane,
  journal: Journal,
  prove: (plan: CheckedPlan) => Promise<StageProof>,
  asked: AskedV2 = { allowPendingChanges: true, allowLiveChanges: true },
  retries: RetrySettings = fakeRetries(),
  grant: { readonly steps: readonly Step[]; readonly iam: Iam } = { steps: [], iam: NO_IAM },
): Promise<Outcome> {
  const plan = await planV2(plane, asked);
  if (plan.refusals.length > 0) throw new Error(`refused: ${plan.refusals.join('; ')}`);
  const services = { ...servicesOf(plane), iam: grant.iam };
  const enforce = plan.live.length > 0 ? enforceLive : enforceApi;
  return enforce(plan, grant.steps, prove, {
    ...services,
    retries,
    rollingBack: { ...services, retries },
    journal,
    region: 'eu-west-1',
    provenance: { runUrl: null, commit: null },
    newToken: () => TOKEN,
  });
}

/** Rolls back what a journal holds as another process would. */
export async function rollBackV2(
  { api, unwritten }: FakeV2Plane,
  journal: MemoryJournal,
): Promise<RollBack | null> {
  const transaction = journal.unfinished();
  if (transaction === null) return null;
  const control = { ...servicesOf(fakeV2Plane(api, unwritten)), retries: fakeRetries() };
  return rollBackTransaction(transaction, control, journal);
}

export function servicesOf({ apiGatewayV2 }: FakeV2Plane): Services {
  return {
    apiGateway: fakeControlPlane(fakeApi({}, {})).apiGateway,
    apiGatewayV2,
    iam: NO_IAM,
  };
}

/** A route as one text: type, authorizer, scopes, whether it asks for a key. */
type Routes = Readonly<Record<string, string>>;

/** All that enforcement may touch: what is configured, what stages serve, and which deployments were asked for. */
export interface PictureV2 {
  readonly configured: Routes;
  readonly served: Readonly<Record<string, Routes>>;
  /** Pointers of stages that do not deploy by themselves. */
  readonly stages: Readonly<Record<string, string>>;
  /** But those that stages made by themselves. */
  readonly deployments: readonly string[];
}

export function pictureOfV2(api: FakeV2Api): PictureV2 {
  const textOf = (routes: FakeV2Api['routes'] | FakeV2Deployment['routes']): Routes =>
    Object.fromEntries(
      [...routes].map(([key, { authorizationType, authorizerId, scopes, apiKeyRequired }]) => [
        key,
        [authorizationType, authorizerId ?? '', ...scopes.toSorted(), apiKeyRequired ? 'key' : '']
          .join(' ')
          .trim(),
      ]),
    );
  return {
    configured: textOf(api.routes),
    served: Object.fromEntries(
      [...api.stages].map(([name, { deploymentId }]) => [
        name,
        textOf(api.deployments.get(deploymentId)?.routes ?? new Map()),
      ]),
    ),
    stages: Object.fromEntries(
      [...api.stages].flatMap(([name, { autoDeploy, deploymentId }]) =>
        autoDeploy ? [] : [[name, deploymentId]],
      ),
    ),
    deployments: [...api.deployments].flatMap(([id, { stage }]) => (stage === null ? [id] : [])),
  };
}

type FakeV2Deployment = FakeV2Api['deployments'] extends Map<string, infer D> ? D : never;
