import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  PutRestApiCommand,
} from '@aws-sdk/client-api-gateway';
import { CreateApiCommand, type CreateApiCommandInput } from '@aws-sdk/client-apigatewayv2';
import type { Answer, Asked, Endpoint } from './endpoint.js';
import { type Ledger, PREFIX, TAG } from './ledger.js';
import type { ControlPlanes } from './owned.js';
import { type Pace, Stopped, steady } from './pace.js';
import type { Case } from './question.js';
import { type Definition, restDefinition } from './rest-definition.js';
import type { Scrubber } from './scrub.js';

/** What questions ask with: it makes APIs that are deleted later, and records answers. */
export class World {
  readonly planes: ControlPlanes;
  readonly endpoint: Endpoint;
  readonly accountId: string;
  readonly hasSessionToken: boolean;
  readonly #ledger: Ledger;
  readonly #token: string;
  readonly #pace: Pace;
  readonly #scrubber: Scrubber;
  #backend: Promise<string> | undefined;

  constructor(given: {
    readonly planes: ControlPlanes;
    readonly endpoint: Endpoint;
    readonly accountId: string;
    readonly hasSessionToken: boolean;
    readonly ledger: Ledger;
    readonly token: string;
    readonly pace: Pace;
    readonly scrubber: Scrubber;
  }) {
    this.planes = given.planes;
    this.endpoint = given.endpoint;
    this.accountId = given.accountId;
    this.hasSessionToken = given.hasSessionToken;
    this.#ledger = given.ledger;
    this.#token = given.token;
    this.#pace = given.pace;
    this.#scrubber = given.scrubber;
  }

  /** A regional REST API without a stage. Its tag is there from the first moment, as an import cannot set it. */
  async restApi(purpose: string, definition: Definition): Promise<string> {
    const { name, tags } = await this.#announced('REST', purpose);
    const { id } = await this.planes.rest.send(
      new CreateRestApiCommand({ name, tags, endpointConfiguration: { types: ['REGIONAL'] } }),
    );
    const restApiId = this.#learned(id);
    await this.putRest(restApiId, purpose, definition);
    return restApiId;
  }

  /** The definition over a REST API; nothing of it is deployed. */
  async putRest(restApiId: string, purpose: string, definition: Definition): Promise<void> {
    const info = { title: this.nameOf(purpose), version: '1' };
    await this.planes.rest.send(
      new PutRestApiCommand({
        restApiId,
        mode: 'merge',
        body: new TextEncoder().encode(JSON.stringify({ ...definition, info })),
      }),
    );
  }

  /** Deploys a REST API; with a stage that is not there, the stage is made. */
  async deployRest(restApiId: string, stageName: string): Promise<void> {
    await this.planes.rest.send(new CreateDeploymentCommand({ restApiId, stageName }));
  }

  async httpApi(purpose: string, settings: Partial<CreateApiCommandInput> = {}): Promise<string> {
    return this.#v2Api('HTTP', purpose, settings);
  }

  async webSocketApi(purpose: string): Promise<string> {
    return this.#v2Api('WEBSOCKET', purpose, {
      RouteSelectionExpression: '$request.body.action',
    });
  }

  /**
   * The REST API of the run: `GET /open` for everybody, which HTTP APIs have as their backend, and
   * `GET /iam`. Both are MOCK, in the stage `prod`.
   */
  backend(): Promise<string> {
    this.#backend ??= this.#makeBackend();
    return this.#backend;
  }

  /** Asks an endpoint until the answer is stable. */
  async answer(
    name: string,
    asked: Asked,
    isExpected?: (answer: Answer) => boolean,
  ): Promise<Case> {
    const { answer, isSteady } = await steady(
      () => this.endpoint.ask(asked),
      this.#pace,
      name,
      isExpected,
    );
    return {
      case: name,
      status: answer.status,
      headers: this.#scrubber.headers(answer.headers),
      body: this.#scrubber.text(answer.body),
      ...(isSteady
        ? {}
        : { note: `nothing else was stable within ${this.#pace.patienceMs / 1000} s` }),
    };
  }

  /**
   * Waits until an endpoint answers as it must before anything can be asked of it.
   *
   * @throws Error when it does not.
   */
  async ready(what: string, asked: Asked, status: number): Promise<void> {
    const found = await this.answer(what, asked, (it) => it.status === status);
    if (found.status !== status || found.note !== undefined)
      throw new Error(`${what}: ${status} was expected, and ${found.status} came: ${found.body}`);
  }

  /** Records what the control plane answers, a refusal just as well. */
  async told(name: string, call: () => Promise<object>): Promise<Case> {
    try {
      const answer = await call();
      return this.#toldCase(name, statusOf(answer) ?? 200, {}, answer);
    } catch (error) {
      const status = statusOf(error);
      // A failure of the service is no answer to anything, and neither is being too fast.
      if (status === undefined || status >= 500 || status === 429) throw error;
      if (!(error instanceof Error)) throw error;
      const { name: type, message } = error;
      return this.#toldCase(name, status, { 'x-amzn-errortype': type }, { message });
    }
  }

  /** Something is made of several answers. */
  note(name: string, body: object): Case {
    return this.#toldCase(name, 200, {}, body);
  }

  /** Lets some time go by. */
  async pause(): Promise<void> {
    if (this.#pace.signal.aborted) throw new Stopped();
    await new Promise((resolve) => setTimeout(resolve, this.#pace.pauseMs));
  }

  #toldCase(
    name: string,
    status: number,
    headers: Readonly<Record<string, string>>,
    body: object,
  ): Case {
    return { case: name, status, headers, body: JSON.stringify(this.#scrubber.json(body)) };
  }

  async #makeBackend(): Promise<string> {
    const id = await this.restApi(
      'backend',
      restDefinition({ '/open': 'NONE', '/iam': 'AWS_IAM' }),
    );
    await this.deployRest(id, 'prod');
    await this.ready(
      'the MOCK method of the REST API',
      { apiId: id, stage: 'prod', path: '/open' },
      200,
    );
    return id;
  }

  async #v2Api(
    kind: 'HTTP' | 'WEBSOCKET',
    purpose: string,
    settings: Partial<CreateApiCommandInput>,
  ): Promise<string> {
    const { name, tags } = await this.#announced(kind, purpose);
    const { ApiId } = await this.planes.v2.send(
      new CreateApiCommand({ ...settings, Name: name, ProtocolType: kind, Tags: tags }),
    );
    return this.#learned(ApiId);
  }

  async #announced(kind: 'REST' | 'HTTP' | 'WEBSOCKET', purpose: string) {
    if (this.#pace.signal.aborted) throw new Stopped();
    const name = this.nameOf(purpose);
    await this.#ledger.announce(kind, name, this.planes.region);
    return { name, tags: { [TAG]: this.#token } };
  }

  /** The tag as an OpenAPI document has it: an import takes away what the document does not have. */
  get documentTags(): readonly object[] {
    return [{ name: TAG, 'x-amazon-apigateway-tag-value': this.#token }];
  }

  /** The name of an API of this run. */
  nameOf(purpose: string): string {
    return `${PREFIX}${this.#token}-${purpose}`;
  }

  #learned(id: string | undefined): string {
    if (id === undefined) throw new Error('the API that was created has no id');
    this.#scrubber.learn('api', id);
    return id;
  }
}

/** The HTTP status of an answer of the SDK, or of an error. */
function statusOf(answer: unknown): number | undefined {
  if (typeof answer !== 'object' || answer === null || !('$metadata' in answer)) return undefined;
  const { $metadata: metadata } = answer;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata))
    return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
