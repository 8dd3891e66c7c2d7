/** A run of the bundle, as a step of a workflow runs it. */
export interface GateAct {
  readonly kind: 'gate';
  readonly title: string;
  readonly why: string;
  /** The step's `with:`; where the endpoint answers is added, unless files alone are judged. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The folder of `demo/` that is checked out; nothing of AWS is there then. */
  readonly workspace?: string;
  readonly expected: {
    readonly verdict: 'pass' | 'fail' | 'incomplete';
    readonly exitCode: number;
    readonly annotations: number;
    /** How often each mutating operation is called; none is, where nothing is named. */
    readonly mutatingCalls: Readonly<Record<string, number>>;
  };
  /** How many annotations are shown, where an act before has shown them already. */
  readonly mostAnnotations?: number;
  /** Headings of the job summary whose parts are shown. */
  readonly sections: readonly string[];
  /** Seconds that the smoke test waits; without it, long enough for every stage to settle. */
  readonly smokeTimeout?: string;
  /** A method whose answers are shown in their order: how the endpoint settled. */
  readonly watched?: string;
}

/** One unsigned request, as anybody could send it. */
export interface RequestAct {
  readonly kind: 'request';
  readonly title: string;
  readonly why: string;
  readonly method: string;
  /** API, stage and path. */
  readonly path: string;
  readonly expected: { readonly status: number; readonly errorType: string | null };
}

export type Act = GateAct | RequestAct;

/** The seeds that the account holds; the acts are about these APIs. */
export const SEEDS = ['orders', 'fixed-not-deployed', 'canary', 'all-kinds'] as const;

const ORDERS = 'a1b2c3d4e5';

/** A role that nobody has allowed to invoke anything. */
export const LOCKED_OUT_ROLE = 'partner';

/** The story that the demo tells, in order: each act meets what those before it left. */
export const ACTS: readonly Act[] = [
  {
    kind: 'gate',
    title: 'A pull request opens a method: caught before it is deployed',
    why: 'The gate judges what the template will deploy. No credentials, no region, no network: it works on forks. The annotation is on the line that has to change.',
    inputs: { templates: 'template.yaml' },
    workspace: 'pull-request',
    expected: { verdict: 'fail', exitCode: 1, annotations: 2, mutatingCalls: {} },
    sections: ['template.yaml'],
  },
  {
    kind: 'gate',
    title: 'Audit: which methods can be called without IAM?',
    why: 'The gate reads what is configured and what each stage serves, then asks the endpoint itself. Open methods make the step fail.',
    inputs: { 'api-id': ORDERS },
    expected: { verdict: 'fail', exitCode: 1, annotations: 10, mutatingCalls: {} },
    sections: ['❌ orders'],
  },
  {
    kind: 'gate',
    title: 'Plan: what would enforce change?',
    why: 'The whole diff for review: no call that changes anything is made, and the audit behind it still fails.',
    inputs: { 'api-id': ORDERS, mode: 'plan', 'replace-authorizers': 'true' },
    expected: { verdict: 'fail', exitCode: 1, annotations: 10, mutatingCalls: {} },
    mostAnnotations: 1,
    sections: ['What enforce would change'],
  },
  {
    kind: 'request',
    title: 'Meanwhile: anybody deletes an order',
    why: 'A plain request without a signature, to a method that the audit found open.',
    method: 'DELETE',
    path: `/${ORDERS}/prod/orders/42`,
    expected: { status: 200, errorType: null },
  },
  {
    kind: 'gate',
    title: 'Enforce, but a caller would be locked out: everything is rolled back',
    why: 'The signed requests are sent as a partner whose role nobody has allowed to invoke the API. IAM is turned on, the proof fails, and stages, methods and authorizers become what they were; the deployment is deleted.',
    inputs: {
      'api-id': ORDERS,
      mode: 'enforce',
      'replace-authorizers': 'true',
      'invoke-role-arn': `arn:aws:iam::123456789012:role/${LOCKED_OUT_ROLE}`,
    },
    expected: {
      verdict: 'fail',
      exitCode: 1,
      annotations: 10,
      mutatingCalls: { UpdateMethod: 14, CreateDeployment: 1, UpdateStage: 4, DeleteDeployment: 1 },
    },
    mostAnnotations: 1,
    sections: ['What enforce changed'],
    smokeTimeout: '3',
  },
  {
    kind: 'gate',
    title: 'Enforce: turn IAM on, deploy, prove it',
    why: 'The methods are patched, one deployment is made and checked before any stage serves it, both stages are moved, and the endpoint is asked until it has settled: 403 unsigned, 200 signed.',
    inputs: { 'api-id': ORDERS, mode: 'enforce', 'replace-authorizers': 'true' },
    expected: {
      verdict: 'pass',
      exitCode: 0,
      annotations: 0,
      mutatingCalls: { UpdateMethod: 7, CreateDeployment: 1, UpdateStage: 2 },
    },
    sections: ['methods in order'],
    watched: `/${ORDERS}/prod/health`,
  },
  {
    kind: 'request',
    title: 'The same request again',
    why: 'API Gateway now refuses it before the backend hears of it.',
    method: 'DELETE',
    path: `/${ORDERS}/prod/orders/42`,
    expected: { status: 403, errorType: 'MissingAuthenticationTokenException' },
  },
  {
    kind: 'gate',
    title: 'Audit again: green',
    why: 'The step that failed at first, unchanged. The CORS preflight stays open on purpose and is no finding.',
    inputs: { 'api-id': ORDERS },
    expected: { verdict: 'pass', exitCode: 0, annotations: 0, mutatingCalls: {} },
    sections: [],
  },
  {
    kind: 'gate',
    title: 'The whole region: two APIs that only look protected',
    why: 'Of "invoices" every method is set to AWS_IAM, but nobody deployed it. Of "payments" the stage is right, but its canary is open: a probe would rarely meet it, reading the snapshot always does.',
    inputs: { 'api-id': '*', 'api-types': 'REST' },
    expected: { verdict: 'fail', exitCode: 1, annotations: 5, mutatingCalls: {} },
    sections: ['APIs', '❌ invoices', '❌ payments'],
  },
  {
    kind: 'gate',
    title: 'HTTP and WebSocket APIs: what a green report of REST APIs leaves out',
    why: 'An open $default opens every path that no route takes, and a WebSocket API without $connect lets everybody connect. Of "support" $connect is set to AWS_IAM and was not deployed since: no call of AWS tells that, only the handshake does.',
    inputs: { 'api-id': '*', 'api-types': 'HTTP,WEBSOCKET' },
    expected: { verdict: 'fail', exitCode: 1, annotations: 10, mutatingCalls: {} },
    sections: ['APIs', '❌ support'],
  },
];
