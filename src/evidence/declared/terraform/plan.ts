import type { ApiKind } from '../../../model/api-kind.js';
import type {
  DeclaredApi,
  DeclaredMethod,
  DeclaredPolicy,
  Unresolved,
} from '../../../model/declared.js';
import { complete } from '../complete.js';
import type { Files } from '../files.js';
import { methodDraft, routeOf } from '../method-draft.js';
import { isBasePathMode } from '../openapi/base-path.js';
import {
  type DocumentReading,
  mergeReadings,
  readDocument,
  withPrivate,
} from '../openapi/document.js';
import { parseText } from '../parse.js';
import { FIXES } from '../snippets.js';
import { readPlannedBody } from './body.js';
import { otherWayOf } from './other-ways.js';
import { PlanIndex, REST_API, REST_APIS, V2_API, V2_APIS } from './plan-index.js';
import { asRecord, type Plan, type Planned, readPlanData } from './plan-model.js';
import { PlanPlaces } from './plan-places.js';
import { plannedMethod, plannedRoute } from './planned-methods.js';
import { endpointTypesOf, flag, isUnknown, textOr } from './planned-values.js';
import { isOfNullVariable } from './references.js';
import { suppressionsOf } from './sources.js';

export interface PlanReading {
  readonly apis: readonly DeclaredApi[];
  readonly unresolved: readonly Unresolved[];
  /** Why the file is no plan; `null` where it is one. */
  readonly problem: string | null;
  /** Whether it is the plan of a folder of `.tf` files, too. */
  readonly covers: (folder: string) => boolean;
}

/** Reads the JSON of a plan. The `.tf` files of the workspace give the lines, and nothing else. */
export function readPlan(file: string, data: unknown, files: Files): PlanReading {
  const plan = readPlanData(data);
  if ('problem' in plan) {
    return { apis: [], unresolved: [], problem: plan.problem, covers: () => true };
  }
  const reader = new PlanReader(file, plan, files);
  const start = { file, line: 1, column: 1 };
  const unresolved: Unresolved[] = [];
  if (plan.isErrored) {
    const reason = 'the plan ended with errors, so that not all of what will be is in it';
    unresolved.push({ reason, give: 'give a plan without errors', place: start });
  }
  if (!plan.isComplete) {
    const reason = 'the plan is not complete: it was made for some targets, or a part was deferred';
    unresolved.push({ reason, give: 'give a plan without -target', place: start });
  }
  unresolved.push(...reader.otherWays());
  const covers = (folder: string) => reader.covers(folder);
  return { apis: reader.apis(), unresolved, problem: null, covers };
}

/** What gives an API methods or a policy, and may stand in another plan than the API. */
const ADDED_TO_APIS: ReadonlySet<string> = new Set([
  'aws_api_gateway_rest_api_put',
  'aws_api_gateway_rest_api_policy',
]);

class PlanReader {
  readonly #file: string;
  readonly #plan: Plan;
  readonly #files: Files;
  readonly #index: PlanIndex;
  readonly #places: PlanPlaces;

  constructor(file: string, plan: Plan, files: Files) {
    this.#file = file;
    this.#plan = plan;
    this.#files = files;
    this.#index = new PlanIndex(plan);
    this.#places = new PlanPlaces(file, plan, files);
  }

  apis(): readonly DeclaredApi[] {
    const { resources } = this.#plan;
    const own = resources
      .filter(({ type }) => type === REST_API || type === V2_API)
      .map((it) => (it.type === REST_API ? this.#restApi(it) : this.#v2Api(it)));
    const added = new Map<string, DeclaredMethod[]>(own.map(({ name }) => [name, []]));
    const elsewhere = new Map<string, DeclaredApi>();
    for (const resource of resources) {
      const isMethod = resource.type === 'aws_api_gateway_method';
      const isRoute = resource.type === 'aws_apigatewayv2_route';
      if (!isMethod && !isRoute) continue;
      const attribute = isMethod ? 'rest_api_id' : 'api_id';
      for (const owner of this.#index.ownersOf(
        resource,
        attribute,
        isMethod ? REST_APIS : V2_APIS,
      )) {
        if (!added.has(owner)) {
          added.set(owner, []);
          elsewhere.set(owner, this.#apiElsewhere(owner, resource, isMethod ? 'REST' : 'HTTP'));
        }
        const kind = own.find(({ name }) => name === owner)?.kind ?? 'HTTP';
        const context = { index: this.#index, places: this.#places };
        const method = isMethod
          ? plannedMethod(resource, context)
          : plannedRoute(resource, kind, context);
        added.get(owner)?.push(method);
      }
    }
    for (const resource of resources.filter(({ type }) => ADDED_TO_APIS.has(type))) {
      for (const owner of this.#index.ownersOf(resource, 'rest_api_id', REST_APIS)) {
        if (added.has(owner)) continue;
        added.set(owner, []);
        elsewhere.set(owner, this.#apiElsewhere(owner, resource, 'REST'));
      }
    }
    return [...own, ...elsewhere.values()].map((api) => {
      const methods = [...api.methods, ...(added.get(api.name) ?? [])];
      const notes = [...api.notes, ...this.#deploymentNotes(api)];
      return complete({ ...api, methods, notes });
    });
  }

  covers(folder: string): boolean {
    return this.#places.covers(folder);
  }

  /** What may make APIs that this reader does not know. */
  otherWays(): readonly Unresolved[] {
    return this.#plan.resources.flatMap((resource) => {
      const way = otherWayOf(resource.type, (name) => textOr(resource.after[name]) ?? undefined);
      if (way === null) return [];
      const { reason, give } = way;
      const place = this.#places.place(resource, this.#places.sourceOf(resource), 'template_body');
      return [{ reason: `${resource.address}: ${reason}`, give, place }];
    });
  }

  #apiElsewhere(name: string, resource: Planned, kind: ApiKind): DeclaredApi {
    const readings =
      kind === 'REST' ? this.#putsInto(name).flatMap((it) => this.#bodyOf(it, kind)) : [];
    return {
      ...this.#draft(resource, kind),
      name,
      isElsewhere: true,
      methods: readings.flatMap((it) => it.methods),
      unresolved: readings.flatMap((it) => it.unresolved),
      policies:
        kind === 'REST'
          ? [...readings.flatMap((it) => it.policies), ...this.#policiesFor(name)]
          : [],
      defaultEndpointDisabled: null,
      endpointTypes: kind === 'REST' ? null : [],
      suppressions: [],
      identity: {
        stack: null,
        logicalId: null,
        constructPath: null,
        address: null,
        id: /^[a-z0-9]{8,}$/.test(name) ? name : null,
      },
      notes: ['the API itself is not in the plan: only what the plan adds to it is judged'],
    };
  }

  #draft(resource: Planned, kind: ApiKind): DeclaredApi {
    const source = this.#places.sourceOf(resource);
    const id = resource.after.id ?? resource.before?.id;
    return {
      name: resource.address,
      file: this.#file,
      language: 'terraform',
      kind,
      place: this.#places.place(resource, source, ''),
      when: [],
      methods: [],
      unresolved: [],
      undeployable: [],
      policies: [],
      defaultEndpointDisabled: flag(resource, 'disable_execute_api_endpoint'),
      endpointTypes: endpointTypesOf(resource),
      identity: {
        stack: null,
        logicalId: null,
        constructPath: null,
        address: resource.address,
        id: typeof id === 'string' ? id : null,
      },
      suppressions: suppressionsOf(source),
      notes: [],
    };
  }

  #restApi(resource: Planned): DeclaredApi {
    const draft = this.#draft(resource, 'REST');
    const puts = this.#putsInto(resource.address);
    const readings = [resource, ...puts].flatMap((it) => this.#bodyOf(it, 'REST'));
    const unresolved = readings.flatMap((it) => it.unresolved);
    const mode = resource.after.put_rest_api_mode;
    const isMerged = mode === 'merge' || isUnknown(resource, 'put_rest_api_mode');
    if (isMerged && readings.length > 0 && puts.length === 0) {
      unresolved.push({
        reason: 'put_rest_api_mode merge keeps methods that the document does not name',
        give: 'use put_rest_api_mode = "overwrite", or audit the live API instead',
        place: this.#places.place(resource, this.#places.sourceOf(resource), 'put_rest_api_mode'),
      });
    }
    const hasMethods = this.#plan.resources.some(({ type }) => type === 'aws_api_gateway_method');
    const notes =
      readings.length > 0 && hasMethods
        ? ['a body together with aws_api_gateway_method resources may overwrite them']
        : [];
    return {
      ...draft,
      methods: readings.flatMap((it) => it.methods),
      unresolved,
      policies: [
        ...readings.flatMap((it) => it.policies),
        ...this.#policiesOf(resource, 'policy'),
        ...this.#policiesFor(resource.address),
      ],
      defaultEndpointDisabled: endpointOf(draft.defaultEndpointDisabled, readings),
      endpointTypes: withPrivate(draft.endpointTypes, mergeReadings(readings)),
      notes,
    };
  }

  #v2Api(resource: Planned): DeclaredApi {
    const protocol = resource.after.protocol_type;
    const kind: ApiKind = protocol === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP';
    const draft = this.#draft(resource, kind);
    const readings = this.#bodyOf(resource, 'HTTP');
    const unresolved = readings.flatMap((it) => it.unresolved);
    if (typeof protocol !== 'string') {
      const place = this.#places.place(resource, this.#places.sourceOf(resource), 'protocol_type');
      const reason = 'protocol_type is known after the apply alone';
      unresolved.push({ reason, give: 'write the protocol itself', place });
    }
    return {
      ...draft,
      methods: [...readings.flatMap((it) => it.methods), ...this.#quickCreated(resource, kind)],
      unresolved,
      defaultEndpointDisabled: endpointOf(draft.defaultEndpointDisabled, readings),
    };
  }

  #quickCreated(resource: Planned, kind: ApiKind): readonly DeclaredMethod[] {
    const { target, route_key: key } = resource.after;
    const hasTarget =
      (typeof target === 'string' && target !== '') || isUnknown(resource, 'target');
    if (kind !== 'HTTP' || !hasTarget) return [];
    const { method, path } = routeOf(typeof key === 'string' ? key : '$default');
    const place = this.#places.place(resource, this.#places.sourceOf(resource), 'target');
    const draft = methodDraft(method, path, place, FIXES.terraformQuickCreate);
    return [{ ...draft, by: 'quick create' }];
  }

  #bodyOf(resource: Planned, kind: ApiKind): readonly DocumentReading[] {
    const source = this.#places.sourceOf(resource);
    const parameters = resource.after.parameters;
    const written: unknown = asRecord(parameters).basepath;
    const mode = typeof written === 'string' ? written : undefined;
    const basePath = isBasePathMode(mode) ? mode : 'ignore';
    const reading = readPlannedBody({
      body: resource.after.body,
      isUnknown: isUnknown(resource, 'body'),
      isInModule: resource.module !== '',
      what: resource.address,
      kind,
      basePath,
      source,
      place: this.#places.place(resource, source, 'body'),
      files: this.#files,
    });
    if (reading === null) return [];
    const before = previousTypes(resource.before?.body, kind, basePath);
    const methods = reading.methods.map((it) => ({
      ...it,
      resource: resource.address,
      previous: before.get(`${it.method} ${it.path}`) ?? null,
    }));
    return [{ ...reading, methods }];
  }

  /** Documents that are resources of their own. */
  #putsInto(owner: string): readonly Planned[] {
    return this.#plan.resources.filter(
      (it) =>
        it.type === 'aws_api_gateway_rest_api_put' &&
        this.#index.ownersOf(it, 'rest_api_id', REST_APIS).includes(owner),
    );
  }

  /** Policies that are resources of their own. */
  #policiesFor(owner: string): readonly DeclaredPolicy[] {
    return this.#plan.resources
      .filter(
        (it) =>
          it.type === 'aws_api_gateway_rest_api_policy' &&
          this.#index.ownersOf(it, 'rest_api_id', REST_APIS).includes(owner),
      )
      .flatMap((it) => this.#policiesOf(it, 'policy'));
  }

  #policiesOf(resource: Planned, name: string): readonly DeclaredPolicy[] {
    const place = this.#places.place(resource, this.#places.sourceOf(resource), name);
    const text = resource.after[name];
    if (typeof text === 'string' && text !== '') {
      return [{ text, unresolved: null, place, when: [] }];
    }
    // A policy that the configuration does not set is computed, and stays what it is.
    const isSet =
      resource.expressions[name] !== undefined && !isOfNullVariable(resource, name, this.#plan);
    if (!isUnknown(resource, name) || !isSet) return [];
    const reason = `the ${name} of ${resource.address} is known after the apply alone`;
    const give = 'write execute-api:/* in place of the ARN of the new API';
    return [{ text: null, unresolved: { reason, give, place }, place, when: [] }];
  }

  /** Methods are live only once a deployment is made of them. */
  #deploymentNotes(api: DeclaredApi): readonly string[] {
    if (api.kind !== 'REST' || api.identity.address === null) return [];
    const { resources } = this.#plan;
    const isMine = (it: Planned) =>
      this.#index.ownersOf(it, 'rest_api_id', REST_APIS).includes(api.name);
    const isChanged = resources.some(
      (it) =>
        it.isChanged &&
        (it.type === 'aws_api_gateway_method' || ADDED_TO_APIS.has(it.type)
          ? isMine(it)
          : it.address === api.name),
    );
    const isNew = resources.some((it) => it.address === api.name && it.before === null);
    const isDeployed = resources.some(
      (it) => it.type === 'aws_api_gateway_deployment' && it.isChanged && isMine(it),
    );
    return isChanged && !isNew && !isDeployed
      ? [
          'the plan changes the API and no aws_api_gateway_deployment: a stage keeps serving what it serves',
        ]
      : [];
  }
}

function endpointOf(own: boolean | null, readings: readonly DocumentReading[]): boolean | null {
  if (own !== false) return own;
  const said = readings.map((it) => it.defaultEndpointDisabled).find((it) => it !== undefined);
  return said ?? (said === null ? null : false);
}

/** The types of the methods of the document before the change, where it can be read. */
function previousTypes(
  body: unknown,
  kind: ApiKind,
  basePath: 'ignore' | 'prepend' | 'split',
): ReadonlyMap<string, string> {
  if (typeof body !== 'string' || body === '') return new Map();
  try {
    const { methods } = readDocument(parseText('before', body), { kind, basePath });
    return new Map(methods.map((it) => [`${it.method} ${it.path}`, it.authorization]));
  } catch {
    // What was before is told where it can be; the plan is judged by what will be.
    return new Map();
  }
}
