import type { Proof } from './enforce/outcome.js';
import type { ApiPlan, ExpectedMethod } from './enforce/plan.js';
import type { JoinedMethod } from './evidence/join.js';
import { type ApiEvidence, type Methods, methodKey } from './evidence/model.js';
import { isRequiredType } from './policy/requirement.js';
import type { Finding } from './report/report.js';
import { reasonNotToProbe, type Selection } from './smoke/select.js';
import type { Observation } from './smoke/smoke-test.js';

/** The proof of one API: what is there now, what the endpoint answered, what speaks against it. */
export interface EnforcementProof extends Proof {
  readonly api: ApiEvidence;
  readonly rows: readonly JoinedMethod[];
  readonly observations: readonly Observation[];
  /** The findings that speak against it. */
  readonly findings: readonly Finding[];
}

/** What a proof looks at, and with what. */
export interface ProofWorld {
  readonly smokeTest: boolean;
  readonly join: (api: ApiEvidence) => readonly JoinedMethod[];
  /** Reads the API as it is now. */
  readonly collect: () => Promise<ApiEvidence>;
  /** Asks the endpoint of every row. */
  readonly ask: (rows: readonly JoinedMethod[]) => Promise<readonly Observation[]>;
  /** Judges what was found. */
  readonly judge: (
    api: ApiEvidence,
    rows: readonly JoinedMethod[],
    observations: readonly Observation[],
  ) => { readonly findings: readonly Finding[]; readonly provenStages: ReadonlySet<string> };
}

/** Rules that convict a deployment: it lets in whom it should not, or keeps out whom it should let in. */
const CONVICTING: ReadonlySet<string> = new Set([
  'unsigned-accepted',
  'tampered-accepted',
  'signed-rejected',
]);

/**
 * Asks the endpoint of the stages that were moved, then reads everything once more: what stands in
 * the plan must be configured and served, and every stage must be proven. What the endpoint answers on
 * methods that keep another type is no part of it.
 */
export async function proveEnforcement(
  plan: ApiPlan,
  world: ProofWorld,
): Promise<EnforcementProof> {
  const first = await world.collect();
  const rows = world.join(first);
  const observations = await world.ask(rows);
  const { findings, provenStages } = world.judge(first, rows, observations);
  const api = world.smokeTest ? await world.collect() : first;

  const moved = new Set(plan.stages.map(({ name }) => name));
  const convicting = findings.filter(
    (finding) =>
      finding.stage !== null &&
      moved.has(finding.stage) &&
      (CONVICTING.has(finding.rule)
        ? servesIam(rows, finding)
        : finding.rule === 'probe-inconclusive' && !provenStages.has(finding.stage)),
  );
  return {
    api,
    rows,
    observations,
    findings: convicting,
    isAsked: world.smokeTest && moved.size > 0,
    served: servedDeployments(api),
    objections: [
      ...convicting.map(({ method, path, stage, message }) =>
        `${method ?? ''} ${path ?? ''} (stage ${stage}): ${message}`.trim(),
      ),
      ...deviations(plan, first, api),
    ],
  };
}

function servedDeployments({ stages }: ApiEvidence): ReadonlySet<string> {
  if (!stages.readable) return new Set();
  return new Set(stages.value.flatMap(({ deploymentId }) => deploymentId ?? []));
}

function servesIam(rows: readonly JoinedMethod[], { method, path, stage }: Finding): boolean {
  return rows.some(
    (row) =>
      row.method === method &&
      row.path === path &&
      row.stage?.name === stage &&
      row.deployed !== null &&
      isRequiredType(row.deployed),
  );
}

/** Where what is there is not what the plan says: somebody else changed it meanwhile. */
function deviations(
  { expected, stages }: ApiPlan,
  first: ApiEvidence,
  last: ApiEvidence,
): string[] {
  const found: string[] = [];
  for (const api of new Set([first, last])) {
    if (!api.configured.readable) {
      found.push(`What is configured could not be read again: ${api.configured.reason}.`);
    } else {
      found.push(...differing('configured', expected, api.configured.value));
    }
    if (!api.stages.readable) {
      found.push(`The stages could not be read again: ${api.stages.reason}.`);
      continue;
    }
    for (const { name } of stages) {
      const now = api.stages.value.find((stage) => stage.name === name);
      if (now === undefined) found.push(`Stage ${name} is gone.`);
      else if (!now.deployed.readable) {
        found.push(`What stage ${name} serves could not be read: ${now.deployed.reason}.`);
      } else found.push(...differing(`served by stage ${name}`, expected, now.deployed.value));
    }
  }
  return [...new Set(found)];
}

function differing(
  where: string,
  expected: Methods<ExpectedMethod>,
  found: Methods<{ readonly authorizationType: string }>,
): string[] {
  return [...expected].flatMap(([key, { authorizationType }]) => {
    const now = found.get(key)?.authorizationType;
    if (now === authorizationType) return [];
    return [
      `${key} is ${where} ${now === undefined ? 'no more' : `with ${now}`}, not ${authorizationType}.`,
    ];
  });
}

/**
 * Why a plan could not be proven once it was carried out, known before anything is changed: for each
 * stage one method at least must be such that its answers prove something.
 */
export function reasonsUnprovable(
  plan: ApiPlan,
  rows: readonly JoinedMethod[],
  selection: Selection,
  endpointUrl: string | null,
): string[] {
  if (!selection.smokeTest || plan.stages.length === 0) return [];
  const { description } = plan.api;
  const isDisabled = description.readable && description.value.defaultEndpointDisabled;
  if (isDisabled && endpointUrl === null) {
    return [
      'its default endpoint is disabled, so nothing could be proven; set endpoint-url, or smoke-test: false',
    ];
  }
  return plan.stages.flatMap((stage) => {
    const provable = rows.some((row) => {
      if (row.stage?.name !== stage.name) return false;
      const next = plan.expected.get(methodKey(row.method, row.path));
      if (next === undefined || !isRequiredType(next.authorizationType)) return false;
      // Without an API key of its own a signed request would say nothing.
      if (next.apiKeyRequired) return false;
      return reasonNotToProbe({ ...row, deployed: next.authorizationType }, selection) === null;
    });
    if (provable) return [];
    return [
      `no method of stage ${stage.name} may be asked, so nothing could be proven; name HTTP methods in smoke-methods whose calls do no harm, or set smoke-test: false`,
    ];
  });
}
