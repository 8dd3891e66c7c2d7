import type { AccessEvidence } from '../access/model.js';
import { resourcePolicyOf } from '../access/resource-policy.js';
import type { JoinedMethod } from '../evidence/join.js';
import {
  type ApiEvidence,
  type DeployedMethod,
  type Evidence,
  type Methods,
  methodKey,
  type Reading,
  UNREADABLE,
  type Unreadable,
} from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { finding } from './finding.js';
import { isAllowed } from './method.js';
import type { Rule } from './rule.js';

/** A finding about an API or a stage, and no single method of it. */
interface WholeStage {
  readonly api: string | null;
  readonly stage: string | null;
  readonly method: null;
  readonly path: null;
}

const WHOLE_REGION = { api: null, stage: null, method: null, path: null };

/** Whatever could not be read is said, a finding a cause: it is neither a pass nor an absence. */
export const unreadable: Rule = {
  id: 'unreadable',
  severity: 'error',
  holdsWhen: 'a layer of the evidence could not be read; makes the verdict incomplete',
  makesIncomplete: 'always',
  neverKnown: true,
  find({ evidence, rows, access }) {
    const listing =
      evidence.listing === null
        ? []
        : [
            finding(
              unreadable,
              WHOLE_REGION,
              `The list of the region's APIs could not be read: ${evidence.listing.call} ${evidence.listing.reason}.`,
              evidence.listing.remedy,
            ),
          ];
    const found = [...listing, ...evidence.apis.flatMap(ofApi), ...rows.flatMap(ofMethod)];
    const ofLayers = found.length === 0 && rows.length === 0 ? [nothingJudged(evidence)] : found;
    return access === undefined ? ofLayers : [...ofLayers, ...ofAccess(rows, access)];
  },
};

/** A pass over nothing would be what a wrong region or account gets. */
function nothingJudged({ apis }: Evidence): Finding {
  const what =
    apis.length === 0
      ? 'there is no REST API in the region'
      : 'no API has a method configured or deployed';
  return finding(
    unreadable,
    WHOLE_REGION,
    `Nothing was judged: ${what}.`,
    'Check the region and whose credentials the step uses; where this is right, leave the step out.',
  );
}

function ofApi(api: ApiEvidence): Finding[] {
  const subject = { ...WHOLE_REGION, api: api.id };
  const parts: [string, Unreadable][] = [];
  if (!api.description.readable) parts.push(['its description', api.description]);
  if (!api.configured.readable) parts.push(['its configured methods', api.configured]);
  if (!api.stages.readable) parts.push(['its stages', api.stages]);
  const ofStages = api.stages.readable ? api.stages.value : [];
  return [
    ...(parts.length === 0 ? [] : [summarise(subject, parts)]),
    ...ofStages.flatMap((stage) => {
      const snapshots: [string, Unreadable][] = [];
      if (!stage.deployed.readable) snapshots.push(['the snapshot of the stage', stage.deployed]);
      if (stage.canary !== null && !stage.canary.deployed.readable) {
        snapshots.push(["the snapshot of the stage's canary", stage.canary.deployed]);
      }
      const ofStage = { ...subject, stage: stage.name };
      return [
        ...(snapshots.length === 0 ? [] : [summarise(ofStage, snapshots)]),
        ...ofUntold(ofStage, 'the stage', stage.deployed),
        ...ofUntold(ofStage, "the stage's canary", stage.canary?.deployed ?? null),
      ];
    }),
  ];
}

/** Many methods that one export would have told are named in part. */
const NAMED = 5;

/**
 * What neither the summary nor an export told of what is served: a finding a reason, which names the
 * methods.
 */
function ofUntold(
  subject: WholeStage,
  whose: string,
  layer: Reading<Methods<DeployedMethod>> | null,
): Finding[] {
  if (layer === null || !layer.readable) return [];
  const reasons = new Map<
    string,
    { readonly why: Unreadable; readonly methods: DeployedMethod[] }
  >();
  for (const method of layer.value.values()) {
    const { untold } = method;
    if (untold === null) continue;
    const key = JSON.stringify([untold.call, untold.reason]);
    const known = reasons.get(key);
    if (known === undefined) reasons.set(key, { why: untold, methods: [method] });
    else known.methods.push(method);
  }
  return [...reasons].map(([key, { why, methods }]) => {
    const missing = methods.filter(({ authorizationType }) => authorizationType === UNREADABLE);
    const options = methods.filter(({ authorizationType }) => authorizationType !== UNREADABLE);
    const unknown = [
      options.length === 0
        ? ''
        : `Whether ${named(options)} ${options.length === 1 ? 'is a preflight' : 'are preflights'} in what ${whose} serves is not known.`,
      missing.length === 0
        ? ''
        : `How ${whose} serves ${named(missing)}, and whether it does, is not known: the snapshot's summary does not say.`,
    ].filter((sentence) => sentence !== '');
    return finding(
      unreadable,
      subject,
      `${unknown.join(' ')} ${why.call} ${why.reason}.`,
      why.remedy,
      JSON.stringify([whose, key]),
    );
  });
}

function named(methods: readonly DeployedMethod[]): string {
  const names = methods.map(({ method, path }) => methodKey(method, path));
  const more = names.length - NAMED;
  return inList([...names.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])]);
}

function summarise(
  subject: WholeStage,
  parts: readonly [what: string, why: Unreadable][],
): Finding {
  // Missing credentials or rights fail every call alike: the cause is said once.
  const reasons = new Set(parts.map(([, why]) => why.reason));
  const message = [...reasons]
    .map((reason) => {
      const of = parts.filter(([, why]) => why.reason === reason);
      const calls = new Set(of.map(([, why]) => why.call));
      return `Could not read ${inList(of.map(([what]) => what))}: ${[...calls].join(', ')} ${reason}.`;
    })
    .join(' ');
  const remedies = new Set(parts.map(([, why]) => why.remedy));
  return finding(unreadable, subject, message, [...remedies].join(' '));
}

/** `its methods`, `its methods and its stages`, `its name, its methods and its stages`. */
function inList(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** A method that was listed without its authorization; its layer as a whole was readable. */
function ofMethod(row: JoinedMethod): Finding[] {
  const silent: string[] = [];
  if (row.configured === UNREADABLE && row.api.configured.readable) silent.push('GetResources');
  if (row.deployed === UNREADABLE && isSilent(row, row.stage?.deployed)) {
    silent.push('GetDeployment');
  }
  if (row.canary === UNREADABLE && isSilent(row, row.stage?.canary?.deployed)) {
    silent.push("GetDeployment of the canary's snapshot");
  }
  const subject = {
    api: row.api.id,
    stage: row.stage?.name ?? null,
    method: row.method,
    path: row.path,
  };
  if (isUnaskedPreflight(row, 'deployed') || isUnaskedPreflight(row, 'canary')) {
    return [
      finding(
        unreadable,
        subject,
        'Nothing tells whether the OPTIONS method that is served is a preflight.',
        'Run the job again; if it stays, open an issue with this message.',
      ),
    ];
  }
  if (silent.length === 0) return [];
  return [
    finding(
      unreadable,
      subject,
      `AWS returned no authorization type for the method (${silent.join(', ')}).`,
      'Run the job again; if it stays, open an issue with this message.',
    ),
  ];
}

/** Whether an OPTIONS method is served without IAM, and neither an answer nor a failure says what it is. */
function isUnaskedPreflight(row: JoinedMethod, layer: 'deployed' | 'canary'): boolean {
  const type = row[layer];
  if (row.preflights[layer] !== 'unknown' || type === null || type === UNREADABLE) return false;
  const served = layer === 'deployed' ? row.stage?.deployed : row.stage?.canary?.deployed;
  return !isAllowed(row, type) && isSilent(row, served);
}

/** Whether a layer that was read named a method without its type, and no export is to blame. */
function isSilent(
  { method, path }: JoinedMethod,
  layer: Reading<Methods<DeployedMethod>> | undefined,
): boolean {
  if (layer === undefined || !layer.readable) return false;
  return layer.value.get(methodKey(method, path))?.untold === null;
}

/** What could not be read of who may invoke: resource policies, and the group. */
function ofAccess(rows: readonly JoinedMethod[], { group }: AccessEvidence): Finding[] {
  const policies = [...new Set(rows.map(({ api }) => api))].flatMap((api) => {
    // A description that could not be read at all is said above.
    if (!api.description.readable) return [];
    const policy = resourcePolicyOf(api);
    if (policy.readable) return [];
    const message = `Could not read its resource policy: ${policy.call} ${policy.reason}.`;
    const subject = { ...WHOLE_REGION, api: api.id };
    return [finding(unreadable, subject, message, policy.remedy, 'resource policy')];
  });
  if (group === null || group.readable) return policies;
  const message = `Could not read the group in invoke-group: ${group.call} ${group.reason}.`;
  return [...policies, finding(unreadable, WHOLE_REGION, message, group.remedy, 'invoke-group')];
}
