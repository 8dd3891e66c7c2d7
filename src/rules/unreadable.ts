import type { AccessEvidence } from '../access/model.js';
import { resourcePolicyOf } from '../access/resource-policy.js';
import { isOnlyDeclared, type JoinedMethod } from '../evidence/join.js';
import { LAYERS, type Layer, type LayerMethod, type LayerName } from '../evidence/layers.js';
import {
  type ApiEvidence,
  type Evidence,
  isUntold,
  methodKey,
  methodName,
  type Reading,
  UNREADABLE,
  type Unreadable,
} from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { finding } from './finding.js';
import { inList } from './in-list.js';
import { isAllowed, nounOf } from './method.js';
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
  effect: 'unknown',
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
              `${evidence.listing.what ?? "The list of the region's APIs"} could not be read: ${evidence.listing.call} ${evidence.listing.reason}.`,
              evidence.listing.remedy,
            ),
          ];
    const found = [...listing, ...evidence.apis.flatMap(ofApi), ...rows.flatMap(ofMethod)];
    const isNothing =
      found.length === 0 &&
      rows.every(isOnlyDeclared) &&
      evidence.isOfFilesAlone !== true &&
      evidence.isOneOfMany !== true;
    const ofLayers = isNothing ? [nothingJudged(evidence)] : found;
    return access === undefined ? ofLayers : [...ofLayers, ...ofAccess(rows, access)];
  },
};

/** A pass over nothing would be what a wrong region or account gets. */
function nothingJudged({ apis }: Evidence): Finding {
  const what = apis.every(({ isOnlyDeclared: isInFiles }) => isInFiles === true)
    ? 'there is no API of the kinds that are audited in the region'
    : 'no API has a method or route configured or deployed';
  return finding(
    unreadable,
    WHOLE_REGION,
    `Nothing was judged: ${what}.`,
    'Check the region and whose credentials the step uses; where this is right, leave the step out.',
  );
}

function ofApi(api: ApiEvidence): Finding[] {
  const subject = { ...WHOLE_REGION, api: api.id };
  const stages = api.stages.readable ? api.stages.value : [];
  const parts: Part[] = [
    ['its description', api.description],
    ...LAYERS.filter(({ of }) => of === 'api').map(
      (it): Part => [it.what, it.methodsOf(api, null)],
    ),
    ['its stages', api.stages],
  ];
  return [
    ...summarise(subject, parts),
    ...stages.flatMap((stage) => {
      const ofStage = { ...subject, stage: stage.name };
      const layers = LAYERS.filter(({ of }) => of === 'stage');
      return [
        ...summarise(
          ofStage,
          layers.map((it): Part => [it.what, it.methodsOf(api, stage)]),
        ),
        ...layers.flatMap((it) => ofUnread(ofStage, it.whose, it.methodsOf(api, stage))),
      ];
    }),
  ];
}

/** A part of the evidence by its name; `null` where there is none to read. */
type Part = readonly [what: string, reading: Reading<unknown> | null];

/** Methods that a finding names; the others are counted. */
const NAMED = 5;

/**
 * What neither the summary nor an export says of what is served: a finding a reason, which names the
 * methods.
 */
function ofUnread(
  subject: WholeStage,
  whose: string,
  layer: ReturnType<Layer['methodsOf']>,
): Finding[] {
  if (layer === null || !layer.readable) return [];
  const unread = [...layer.value.values()].flatMap((method) =>
    method.unread && !isUntold(method.unread) ? [{ method, why: method.unread }] : [],
  );
  const reasons = Map.groupBy(unread, ({ why }) => JSON.stringify([why.call, why.reason]));
  return [...reasons].flatMap(([key, ofReason]) => {
    const why = ofReason[0]?.why;
    if (why === undefined) return [];
    const methods = ofReason.map(({ method }) => method);
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
    const message = `${unknown.join(' ')} ${why.call} ${why.reason}.`;
    return [finding(unreadable, subject, message, why.remedy, JSON.stringify([whose, key]))];
  });
}

function named(methods: readonly LayerMethod[]): string {
  const names = methods.map(({ method, path }) => methodName(method, path));
  const more = names.length - NAMED;
  return inList([...names.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])]);
}

/** The parts that could not be read, in one finding at most. */
function summarise(subject: WholeStage, all: readonly Part[]): Finding[] {
  const parts = all.flatMap(([what, why]): [string, Unreadable][] =>
    why === null || why.readable || isUntold(why) ? [] : [[what, why]],
  );
  if (parts.length === 0) return [];
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
  return [finding(unreadable, subject, message, [...remedies].join(' '))];
}

/** A method that was listed without its authorization; its layer as a whole was readable. */
function ofMethod(row: JoinedMethod): Finding[] {
  const silent = LAYERS.filter((layer) => isSilent(row, layer));
  const calls = silent.filter(({ name }) => row[name] === UNREADABLE).map(({ call }) => call);
  const isUnasked = silent.some(({ of, name }) => of === 'stage' && isUnknownPreflight(row, name));
  if (!isUnasked && calls.length === 0) return [];
  return [
    finding(
      unreadable,
      { api: row.api.id, stage: row.stage?.name ?? null, method: row.method, path: row.path },
      isUnasked
        ? 'It is not known whether the OPTIONS method that is served is a preflight.'
        : `AWS returned no authorization type for the ${nounOf(row)} (${calls.join(', ')}).`,
      'Run the job again; if it stays, open an issue with this message.',
    ),
  ];
}

/** Whether a layer has an OPTIONS method without IAM, and it is not known whether it is a preflight. */
function isUnknownPreflight(row: JoinedMethod, layer: LayerName): boolean {
  const type = row[layer];
  if (row.preflights[layer] !== 'unknown' || type === null || type === UNREADABLE) return false;
  return !isAllowed(row, type);
}

/** Whether a layer that was read names a method, and nothing says that a part of it could not be read. */
function isSilent({ api, stage, method, path }: JoinedMethod, layer: Layer): boolean {
  const methods = layer.methodsOf(api, stage);
  if (methods?.readable !== true) return false;
  const found = methods.value.get(methodKey(method, path));
  return found !== undefined && (found.unread ?? null) === null;
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
