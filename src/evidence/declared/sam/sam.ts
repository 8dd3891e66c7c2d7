import type { Undeployable, Unresolved } from '../../../model/declared.js';
import type { SamApi } from '../cloudformation/api-draft.js';
import { fold } from '../cloudformation/fold.js';
import type { Resource } from '../cloudformation/resources.js';
import type { Scope } from '../cloudformation/scope.js';
import {
  type Entry,
  entry,
  entryOf,
  get,
  isMap,
  list,
  map,
  type Node,
  onlyEntry,
} from '../node.js';
import type { Blame } from '../openapi/paths.js';
import { FIXES } from '../snippets.js';
import { Body } from './body.js';
import type { ApiDraft } from './draft.js';
import { type ApiEvent, eventsOf, HTTP_EVENTS, REST_EVENTS } from './events.js';
import { readGlobals, withGlobals } from './globals.js';
import { addHttpEvent, finishHttpApi, isOpenApi } from './http-api.js';
import { implicitApi, makePathsConditional, skeleton } from './implicit.js';
import { type Assignment, assignmentsOf, parametersIn, Resolver } from './parameters.js';
import { checkFunction, checkProperties } from './properties.js';
import { truthy } from './python.js';
import { Refusal } from './refusal.js';
import { finishRestApi } from './rest-api.js';
import { addRestEvent } from './rest-events.js';
import { isSwagger, isVersion3 } from './swagger.js';
import { translateWebSocketApi } from './websocket-api.js';

/** The resources that SAM's become, and what its rules know of the APIs among them. */
export interface SamReading {
  readonly resources: readonly Resource[];
  readonly apis: ReadonlyMap<string, SamApi>;
  /** What the translator refuses; with one of these nothing of the template is deployed. */
  readonly undeployable: readonly Undeployable[];
}

const REST = 'AWS::Serverless::Api';
const HTTP = 'AWS::Serverless::HttpApi';
const WEBSOCKET = 'AWS::Serverless::WebSocketApi';

/**
 * Writes what SAM's translator writes of APIs, by its own rules (aws/serverless-application-model,
 * samtranslator 1.110.0; each rule was compared with the translator's output):
 *
 * | rule | where |
 * |---|---|
 * | Globals lie under the resource, deeply; lists are joined; `IgnoreGlobals` | globals.ts |
 * | an event without an API's id is of the implicit API, stage Prod | events.ts, implicit.ts |
 * | events add methods where the template has no document, or merges them | rest-api.ts |
 * | an event's Auth beside a DefinitionBody is ignored without OverrideApiAuth | rest-api.ts |
 * | DefaultAuthorizer reaches methods with an integration; `NONE` on a method stops it | rest-api.ts |
 * | DefaultAuthorizer that is no text is dropped without a word | rest-api.ts |
 * | AddDefaultAuthorizerToCorsPreflight: false leaves every OPTIONS open | rest-api.ts |
 * | HTTP: AWS_IAM needs EnableIamAuthorizer; OPTIONS routes get no default | http-api.ts |
 * | WebSocket: Auth reaches `$connect` alone | websocket-api.ts |
 * | a function's condition wraps its operations in `Fn::If` | draft.ts, implicit.ts |
 * | what the translator refuses | properties.ts and beside each rule |
 *
 * Where a parameter in `Auth` has several values, each is translated.
 */
export function readSam(template: Node, resources: readonly Resource[], scope: Scope): SamReading {
  const undeployable = new Map<string, Undeployable>();
  const refuse = (id: string, { message, place }: Refusal) => {
    const reason =
      id === '' ? `SAM refuses the template: ${message}` : `SAM refuses ${id}: ${message}`;
    undeployable.set(`${reason} ${place.line}`, { reason, place });
  };
  let globals: ReadonlyMap<string, Node> = new Map();
  try {
    globals = readGlobals(template);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse('', error);
  }
  const names = new Set(
    [globals.get(REST), ...resources.map(({ properties }) => properties)].flatMap((it) => [
      ...parametersIn(get(it, 'Auth'), scope),
    ]),
  );
  const apis = new Map<string, SamApi>();
  const translated = assignmentsOf(names, scope).flatMap((assignment) =>
    new Translation(resources, globals, scope, assignment, refuse, apis).run(),
  );
  const rest = resources.filter(({ type }) => ![REST, HTTP, WEBSOCKET].includes(type));
  return { resources: [...rest, ...translated], apis, undeployable: [...undeployable.values()] };
}

/** One translation of a template, with one choice of its parameters. */
class Translation {
  readonly #resources: readonly Resource[];
  readonly #globals: ReadonlyMap<string, Node>;
  readonly #scope: Scope;
  readonly #assignment: Assignment;
  readonly #refuse: (id: string, error: Refusal) => void;
  readonly #apis: Map<string, SamApi>;
  readonly #blames = new WeakMap<Node, Blame>();

  constructor(
    resources: readonly Resource[],
    globals: ReadonlyMap<string, Node>,
    scope: Scope,
    assignment: Assignment,
    refuse: (id: string, error: Refusal) => void,
    apis: Map<string, SamApi>,
  ) {
    this.#resources = resources;
    this.#globals = globals;
    this.#scope = scope;
    this.#assignment = assignment;
    this.#refuse = refuse;
    this.#apis = apis;
  }

  run(): readonly Resource[] {
    for (const { id, type, properties } of this.#resources) {
      if (type !== 'AWS::Serverless::Function') continue;
      const resolver = new Resolver(this.#scope, this.#assignment);
      this.#attempt(id, () => checkFunction(properties, resolver.resolve(properties)));
    }
    const rest = this.#drafts(REST, REST_EVENTS);
    const http = this.#drafts(HTTP, HTTP_EVENTS);
    const all = new Map([...rest.drafts, ...http.drafts]);
    for (const event of rest.events) {
      const draft = rest.drafts.get(event.apiId);
      if (draft === undefined) continue;
      this.#attempt(event.owner.id, () => addRestEvent(event, draft, this.#blames));
    }
    for (const event of http.events) {
      // The translator writes an HttpApi event into a REST API's document too, where it names one.
      const draft = all.get(event.apiId);
      if (draft === undefined) continue;
      this.#attempt(event.owner.id, () => addHttpEvent(event, draft));
    }
    return [
      ...[...rest.drafts.values()].map((it) => this.#finish(it, REST)),
      ...[...http.drafts.values()].map((it) => this.#finish(it, HTTP)),
      ...this.#webSockets(),
    ];
  }

  #attempt<T>(id: string, what: () => T): T | null {
    try {
      return what();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(id, error);
      return null;
    }
  }

  /** The APIs of a kind, with the paths that their events need. */
  #drafts(type: typeof REST | typeof HTTP, kind: typeof REST_EVENTS) {
    const events = eventsOf(this.#resources, kind, this.#refuse);
    const implicit = events.filter(({ apiId }) => apiId === kind.implicit);
    const own = this.#resources.filter(
      (it) => it.type === type && !(implicit.length > 0 && it.id === kind.implicit),
    );
    const made = implicitApi(kind.implicit, type, implicit);
    const drafts = new Map(
      [...own, ...(made === null ? [] : [made])].map((it) => [it.id, this.#draft(it, type)]),
    );
    for (const event of events) {
      this.#attempt(event.owner.id, () => this.#expectApi(event, drafts, kind.apiProperty, type));
      const draft = drafts.get(event.apiId);
      if (draft?.isManaged === true) draft.body?.addPath(event.path, event.method, event.place);
    }
    for (const draft of drafts.values()) {
      const its = events.filter(({ apiId }) => apiId === draft.resource.id);
      this.#attempt(draft.resource.id, () => makePathsConditional(draft, its));
    }
    return { events, drafts };
  }

  #finish(draft: ApiDraft, type: typeof REST | typeof HTTP): Resource {
    this.#attempt(draft.resource.id, () => {
      checkProperties(type, draft.properties, draft.resource.node, draft.isManaged);
      this.#checkPaths(draft);
      if (type === REST) finishRestApi(draft);
      else finishHttpApi(draft);
    });
    return this.#finished(draft, type);
  }

  #draft(resource: Resource, type: typeof REST | typeof HTTP): ApiDraft {
    const properties =
      this.#attempt(resource.id, () => {
        const written = get(resource.node, 'Properties');
        if (written !== undefined && !isMap(written) && truthy(written)) {
          throw new Refusal("Attribute 'Properties' should be a map.", written.at);
        }
        return withGlobals(resource.properties, this.#globals.get(type), resource.node);
      }) ?? resource.properties;
    const written = get(resource.properties, 'DefinitionBody');
    const included = this.#included(written);
    const document = included ?? written;
    const isManaged = !truthy(document) && !truthy(get(resource.properties, 'DefinitionUri'));
    const resolver = new Resolver(this.#scope, this.#assignment);
    const valid = type === REST ? isSwagger(document) : isOpenApi(document);
    const start = isManaged ? skeleton(resource.at, type === HTTP) : valid ? document : undefined;
    const body = isMap(start) ? new Body(start, this.#blames) : null;
    if (isManaged && type === REST && isVersion3(get(properties, 'OpenApiVersion'))) {
      const version = get(properties, 'OpenApiVersion');
      if (version !== undefined) body?.set('openapi', version);
      body?.remove('swagger');
    }
    const isIncluded = included !== null && body !== null;
    return {
      ...{ resource, properties, body, isManaged, resolver, isIncluded },
      scope: this.#scope,
      notes: new Set(),
    };
  }

  /** The file that stands for the whole document by `AWS::Include`, where it is here. */
  #included(document: Node | undefined): Node | null {
    if (document === undefined || onlyEntry(document)?.key !== 'Fn::Transform') return null;
    const [only] = fold(document, this.#scope);
    return only?.kind === 'known' ? only.node : null;
  }

  #expectApi(
    event: ApiEvent,
    drafts: ReadonlyMap<string, ApiDraft>,
    property: string,
    type: string,
  ): void {
    if (drafts.has(event.apiId)) return;
    const other = this.#resources.find(({ id }) => id === event.apiId);
    // The translator lets an event of one kind name an API of another, and writes nothing of it.
    if (other !== undefined && !(type === REST && other.type === HTTP)) return;
    throw new Refusal(
      `Event with id [${event.id}] is invalid. ${property} must be a valid reference to an '${type}' resource in same template.`,
      event.place,
    );
  }

  /** A path item that is no map is refused as soon as a document is looked at. */
  #checkPaths({ body }: ApiDraft): void {
    for (const { key, value, at } of body?.paths ?? []) {
      if (!isMap(value)) {
        throw new Refusal(
          `Value of '${key}' path must be a dictionary according to Swagger spec.`,
          at,
        );
      }
    }
  }

  /** The resource that CloudFormation gets, with the places of what it was written from. */
  #finished(draft: ApiDraft, type: typeof REST | typeof HTTP): Resource {
    const { resource, properties, body, resolver } = draft;
    const kept = ['Policy', 'Mode', 'DisableExecuteApiEndpoint'].flatMap((key) => {
      const found = entryOf(properties, key);
      return found === undefined ? [] : [found];
    });
    const entries: Entry[] = [...kept];
    const written = entryOf(properties, 'DefinitionBody');
    const uri = entryOf(properties, 'DefinitionUri');
    if (body !== null && !(draft.isManaged && uri !== undefined)) {
      entries.push({ key: 'Body', at: written?.at ?? resource.at, value: body.document });
    } else if (written !== undefined && truthy(written.value)) {
      entries.push({ ...written, key: 'Body' });
    }
    if (uri !== undefined && truthy(uri.value)) entries.push({ ...uri, key: 'BodyS3Location' });
    const endpoint = endpointOf(properties);
    if (endpoint !== undefined) entries.push(endpoint);
    this.#tell(draft, this.#doubts(draft));
    return {
      ...resource,
      type: type === REST ? 'AWS::ApiGateway::RestApi' : 'AWS::ApiGatewayV2::Api',
      properties: map(entries, resource.at),
      assumes: [...resource.assumes, ...resolver.assumes],
      choice: this.#assignment.when,
    };
  }

  /**
   * What SAM writes into an included document. CloudFormation runs nested macros first, so that SAM finds the
   * document in its place (aws/aws-sam-cli#803). Where its translator finds the include, it refuses `Auth`, CORS
   * and the events of an HTTP API beside it, so that nothing is deployed; `MergeDefinitions` alone it leaves
   * out without a word.
   */
  #doubts({ isIncluded, resource, properties }: ApiDraft): readonly Unresolved[] {
    const isRefused = ['Auth', 'Cors'].some((key) => truthy(get(properties, key)));
    const merge = entryOf(properties, 'MergeDefinitions');
    if (!isIncluded || isRefused || !truthy(merge?.value)) return [];
    return [
      {
        reason:
          "SAM's translator leaves out MergeDefinitions beside a DefinitionBody that AWS::Include puts in, where it finds the include itself",
        give: 'write the document in its place, or what SAM should add into the document',
        place: merge?.at ?? resource.at,
      },
    ];
  }

  #tell({ resource, notes }: ApiDraft, unresolved: readonly Unresolved[]): void {
    const before = this.#apis.get(resource.id);
    this.#apis.set(resource.id, {
      blame: (operation, method) => this.#blames.get(operation) ?? before?.blame(operation, method),
      notes: [...(before?.notes ?? []), ...notes],
      unresolved,
    });
  }

  #webSockets(): readonly Resource[] {
    return this.#resources.flatMap((resource): readonly Resource[] => {
      if (resource.type !== WEBSOCKET) return [];
      const resolver = new Resolver(this.#scope, this.#assignment);
      const translated = this.#attempt(resource.id, () => {
        const properties = withGlobals(
          resource.properties,
          this.#globals.get(WEBSOCKET),
          resource.node,
        );
        checkProperties(WEBSOCKET, properties, resource.node);
        return translateWebSocketApi(resource, properties, resolver);
      });
      this.#apis.set(resource.id, {
        blame: () => undefined,
        notes: [],
        unresolved: [],
        routeFix: FIXES.samWebSocket,
      });
      const whole = translated ?? [{ ...resource, type: 'AWS::ApiGatewayV2::Api' }];
      return whole.map((it) => ({
        ...it,
        assumes: [...it.assumes, ...resolver.assumes],
        choice: this.#assignment.when,
      }));
    });
  }
}

/** `EndpointConfiguration: PRIVATE`, and `{Type: PRIVATE}`, as CloudFormation writes them. */
function endpointOf(properties: Node | undefined): Entry | undefined {
  const found = entryOf(properties, 'EndpointConfiguration');
  if (found === undefined) return undefined;
  const type = get(found.value, 'Type') ?? found.value;
  const { at } = found;
  return { ...found, value: map([entry('Types', list([type], at), at)], at) };
}
