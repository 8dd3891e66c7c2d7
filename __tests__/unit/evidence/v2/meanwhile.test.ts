import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ApiGatewayV2 } from '../../../../src/aws/api-gateway-v2.js';
import { joinLayers } from '../../../../src/evidence/join.js';
import { judge } from '../../../../src/rules/judge.js';
import { decideVerdict } from '../../../../src/rules/verdict.js';
import { CURRENT, collect, type Described, exportOf, regionOf } from './region.js';

/* An API that somebody changes while it is read. */

const KEYS = { HTTP: 'GET /a', WEBSOCKET: '$connect' } as const;
const TYPES = ['AWS_IAM', 'NONE'] as const;

type Change =
  | { readonly type: (typeof TYPES)[number] }
  | { readonly autoDeploy: boolean }
  /** AutoDeploy off and the route changed, or the other way round, as one template does both. */
  | { readonly type: (typeof TYPES)[number]; readonly autoDeploy: boolean };

/** An API with one route and one stage, whose deployments end at once. */
class Service {
  readonly kind: keyof typeof KEYS;
  readonly exportOfStage: 'deployment' | 'newest';
  #configured: string;
  #served: string;
  #autoDeploy: boolean;
  #deployments = 1;

  constructor(
    kind: keyof typeof KEYS,
    exportOfStage: Service['exportOfStage'],
    { configured = 'AWS_IAM', served = 'AWS_IAM', autoDeploy = true } = {},
  ) {
    this.kind = kind;
    this.exportOfStage = exportOfStage;
    this.#configured = configured;
    this.#served = autoDeploy ? configured : served;
    this.#autoDeploy = autoDeploy;
  }

  change(change: Change): void {
    if ('autoDeploy' in change) this.#autoDeploy = change.autoDeploy;
    if ('type' in change) this.#configured = change.type;
    if (!this.#autoDeploy) return;
    this.#served = this.#configured;
    this.#deployments += 1;
  }

  get isClosed(): boolean {
    return this.#configured === 'AWS_IAM' && this.#served === 'AWS_IAM';
  }

  get described(): Described {
    const id = `d${this.#deployments}`;
    const message = `Successfully deployed stage with deployment ID '${id}'`;
    const { kind } = this;
    return {
      id: 'a1',
      kind,
      routes: { [KEYS[kind]]: this.#configured },
      stages: [
        this.#autoDeploy
          ? { ...CURRENT, DeploymentId: id, LastDeploymentStatusMessage: message }
          : { StageName: '$default', DeploymentId: id, AutoDeploy: false },
      ],
      deployments: { [id]: 'DEPLOYED' },
    };
  }

  get exported(): string {
    const type = this.exportOfStage === 'newest' ? this.#configured : this.#served;
    return exportOf({ [KEYS[this.kind]]: type });
  }
}

/** The control plane of the service as it is at each call; something happens right before one of them. */
function planeOf(service: Service, onCall: (index: number) => void): ApiGatewayV2 {
  let calls = 0;
  const now = (): ApiGatewayV2 => {
    onCall(calls);
    calls += 1;
    return regionOf([service.described], { exportApi: async () => service.exported });
  };
  return {
    ...regionOf([]),
    getApisPage: (token) => now().getApisPage(token),
    getRoutesPage: (id, token) => now().getRoutesPage(id, token),
    getStagesPage: (id, token) => now().getStagesPage(id, token),
    getDeploymentsPage: (id, token) => now().getDeploymentsPage(id, token),
    exportApi: (id, stage) => now().exportApi(id, stage),
  };
}

async function verdictWhile(service: Service, onCall: (index: number) => void): Promise<string> {
  const evidence = await collect(planeOf(service, onCall));
  const rows = joinLayers(evidence.apis, () => ['AWS_IAM']);
  return decideVerdict(judge({ evidence, rows, observations: [] }), []);
}

const type = fc.constantFrom(...TYPES);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ type }),
  fc.record({ autoDeploy: fc.boolean() }),
  fc.record({ type, autoDeploy: fc.boolean() }),
);
const service = fc
  .tuple(
    fc.constantFrom('HTTP' as const, 'WEBSOCKET' as const),
    fc.constantFrom('deployment' as const, 'newest' as const),
    fc.record({ configured: type, served: type, autoDeploy: fc.boolean() }),
  )
  .map(([kind, exportOfStage, before]) => new Service(kind, exportOfStage, before));

describe('an API that is changed while it is read', () => {
  test('passes only where it was closed before the change or behind it', async () => {
    await fc.assert(
      fc.asyncProperty(service, change, fc.nat({ max: 7 }), async (given, it, at) => {
        const wasClosed = given.isClosed;
        let isClosed = wasClosed;
        const verdict = await verdictWhile(given, (index) => {
          if (index !== at) return;
          given.change(it);
          isClosed = given.isClosed;
        });
        fc.pre(!wasClosed && !isClosed);
        expect(verdict).not.toBe('pass');
      }),
      { numRuns: 2000 },
    );
  });

  test.each(['HTTP', 'WEBSOCKET'] as const)(
    'of the kind %s passes where nobody does',
    async (kind) => {
      expect(await verdictWhile(new Service(kind, 'newest'), () => {})).toBe('pass');
    },
  );

  test('says so', async () => {
    const given = new Service('WEBSOCKET', 'newest');
    given.change({ type: 'NONE' });
    const evidence = await collect(
      planeOf(given, (index) => {
        // The list of APIs and the stages are read by then.
        if (index === 2) given.change({ type: 'AWS_IAM', autoDeploy: false });
      }),
    );
    const [api] = evidence.apis;
    const [stage] = api?.stages.readable ? api.stages.value : [];
    expect(stage?.deployed).toMatchObject({
      isUntold: true,
      reason: expect.stringContaining('the stage was changed while the API was read'),
    });
  });
});
