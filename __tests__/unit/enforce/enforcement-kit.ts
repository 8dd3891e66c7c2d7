import * as z from 'zod/mini';
import type { Iam } from '../../../src/aws/iam.js';
import type { RetrySettings } from '../../../src/aws/retry.js';
import { DEFAULT_CONFIG } from '../../../src/config/config.js';
import { shippedOfRest } from '../../../src/enforce/kinds/rest/shipped.js';
import { readShipped } from '../../../src/enforce/kinds/shipped.js';
import type { Outcome, StageProof } from '../../../src/enforce/outcome.js';
import { planEnforcement } from '../../../src/enforce/plan.js';
import { type Step, stepSchema } from '../../../src/enforce/steps/registry.js';
import type { RollBackContext, Services } from '../../../src/enforce/steps/step-kind.js';
import type {
  AnnouncedStep,
  Journal,
  JournaledTransaction,
  TransactionHeader,
} from '../../../src/enforce/transaction/journal.js';
import { type RollBack, rollBackTransaction } from '../../../src/enforce/transaction/roll-back.js';
import { enforceApi } from '../../../src/enforce/transaction/transaction.js';
import { collectEvidence } from '../../../src/evidence/collect.js';
import { restAlone } from '../evidence/fake-api-gateway.js';
import {
  API_ID,
  type FakeApi,
  type FakeControlPlane,
  fakeControlPlane,
  Killed,
} from './fake-control-plane.js';
import { NO_V2 } from './fake-control-plane-v2.js';
import { NO_IAM } from './fake-iam.js';

/** The transaction's token in these tests. */
export const TOKEN = '0a1b2c3d-0000-4000-8000-0123456789ab';

/** What a journal reads. Making it takes longer than whatever else a transaction does here. */
const STEP = stepSchema(z);

/** Retries that wait for nothing, and write down what was said and waited. */
export function fakeRetries(maxAttempts = 2): RetrySettings & {
  readonly lines: string[];
  readonly waits: number[];
} {
  const lines: string[] = [];
  const waits: number[] = [];
  return {
    lines,
    waits,
    logger: {
      info: (line) => {
        lines.push(line);
      },
      debug: () => {},
      group: (_, phase) => phase(),
    },
    maxAttempts,
    sleep: async (ms) => {
      waits.push(ms);
    },
    random: () => 0,
  };
}

/** What a step is rolled back with: one that AWS confirmed, and that others followed, unless told otherwise. */
export function rollBackContext(
  services: Services,
  parts: Partial<RollBackContext> = {},
): RollBackContext {
  return {
    ...services,
    retries: fakeRetries(),
    token: TOKEN,
    isConfirmed: true,
    isLast: false,
    createdPolicies: new Set(),
    readServedSince: async () => [],
    ...parts,
  };
}

/** A journal in memory that holds what a file would: data, not objects. */
export interface MemoryJournal extends Journal {
  unfinished(): JournaledTransaction | null;
  /** How each transaction ended. */
  readonly endings: readonly string[];
  /** Kinds of the steps that were rolled back for good. */
  readonly settled: readonly string[];
}

export function memoryJournal(isDead: () => boolean = () => false): MemoryJournal {
  let header: TransactionHeader | null = null;
  let steps: AnnouncedStep[] = [];
  const endings: string[] = [];
  const settled: string[] = [];
  const write = async (change: () => void): Promise<void> => {
    if (isDead()) throw new Killed();
    change();
  };
  const unfinished = (): JournaledTransaction | null =>
    header === null ? null : { ...header, steps: [...steps] };
  return {
    path: 'journal',
    unfinished,
    endings,
    settled,
    begin: (begun) =>
      write(() => {
        header = structuredClone(begun);
        steps = [];
      }),
    announce: (step) =>
      write(() => {
        const copy = STEP.parse(JSON.parse(JSON.stringify(step)));
        steps.push({ step: copy, isConfirmed: false, settled: null });
      }),
    confirm: () =>
      write(() => {
        const last = steps.pop();
        if (last !== undefined) steps.push({ ...last, isConfirmed: true });
      }),
    settle: (index, result) =>
      write(() => {
        const step = steps[index];
        if (step === undefined) return;
        steps[index] = { ...step, settled: result };
        settled.push(step.step.kind);
      }),
    end: (state) =>
      write(() => {
        endings.push(state);
        header = null;
      }),
    readUnfinished: async () => unfinished(),
  };
}

export const PROVEN: StageProof = { objections: [], isAsked: true, served: new Set() };

const NO_GRANT = { steps: [], iam: NO_IAM };

/** Plans from what the API is now, as the gate does, and carries it out. */
export async function enforceFake(
  plane: FakeControlPlane,
  journal: Journal,
  prove: () => Promise<StageProof>,
  retries: RetrySettings = fakeRetries(),
  { steps: grants, iam }: { readonly steps: readonly Step[]; readonly iam: Iam } = NO_GRANT,
  policy: string | null = null,
): Promise<Outcome> {
  const reading = fakeControlPlane(plane.api).apiGateway;
  const scope = {
    apiIds: [API_ID],
    stages: '*',
    region: 'eu-west-1',
    known: describedWith(policy),
  } as const;
  const { apis } = await collectEvidence(scope, restAlone(reading), retries.logger);
  const [plan] = planEnforcement(apis, {
    policy: DEFAULT_CONFIG,
    today: '2026-11-23',
    replaceAuthorizers: true,
  });
  if (plan === undefined || plan.refusals.length > 0) throw new Error('the plan is refused');
  const { shipped } = await readShipped(shippedOfRest(API_ID, reading));
  return enforceApi({ ...plan, notes: [], shipped }, grants, prove, {
    apiGateway: plane.apiGateway,
    apiGatewayV2: NO_V2,
    iam,
    retries,
    rollingBack: { apiGateway: plane.apiGateway, apiGatewayV2: NO_V2, iam, retries },
    journal,
    region: 'eu-west-1',
    provenance: { runUrl: null, commit: null },
    newToken: () => TOKEN,
  });
}

const describedWith = (policy: string | null) =>
  new Map([
    [
      API_ID,
      {
        kind: 'REST' as const,
        description: {
          readable: true as const,
          value: {
            name: 'orders',
            endpointTypes: ['REGIONAL'],
            defaultEndpointDisabled: false,
            tags: {},
            policy,
            status: null,
            statusMessage: null,
          },
        },
      },
    ],
  ]);

/** Rolls back what a journal holds as another process would. */
export async function rollBackFake(
  api: FakeApi,
  journal: MemoryJournal,
  onCall: FakeControlPlane['onCall'] = () => undefined,
): Promise<RollBack | null> {
  const transaction = journal.unfinished();
  if (transaction === null) return null;
  const plane = fakeControlPlane(api);
  plane.onCall = onCall;
  const control = {
    apiGateway: plane.apiGateway,
    apiGatewayV2: NO_V2,
    iam: NO_IAM,
    retries: fakeRetries(),
  };
  return rollBackTransaction(transaction, control, journal);
}

/** Types by method, deployments by stage, and which deployments there are: all that matters here. */
export function pictureOf(api: FakeApi): {
  readonly methods: Record<string, string>;
  readonly stages: Record<string, string>;
  readonly deployments: string[];
} {
  return {
    methods: Object.fromEntries(
      [...api.methods].map(([key, { authorizationType, authorizerId, scopes }]) => [
        key,
        [authorizationType, authorizerId ?? '', ...scopes.toSorted()].join(' ').trim(),
      ]),
    ),
    stages: Object.fromEntries(
      [...api.stages].map(([name, { deploymentId }]) => [name, deploymentId]),
    ),
    deployments: [...api.deployments.keys()],
  };
}
