import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { REPOSITORY } from '../../runner/bundle.js';

/** A request as the contract sees it. */
export interface ContractRequest {
  readonly method: string;
  /** Without the query and without the base path of a GitHub Enterprise Server. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An operation of GitHub's description that a request is for. */
export interface MatchedOperation {
  /** Such as `issues/create-comment`. */
  readonly operationId: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  /** What is wrong with the request; empty where nothing is. */
  readonly problems: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly isNumber: boolean;
  readonly validate: ValidateFunction;
}

interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameters: readonly Parameter[];
  readonly body: ValidateFunction | null;
  readonly needsBody: boolean;
}

/**
 * GitHub's own description of its REST API, as far as the action uses it: the committed slice that
 * scripts/slice-github-openapi.ts makes, which names its source and version.
 */
export class GitHubContract {
  readonly #operations: readonly Operation[];

  constructor() {
    const file = join(REPOSITORY, 'emulator', 'github', 'openapi-slice.json');
    const slice = asJson(JSON.parse(readFileSync(file, 'utf8')));
    // Not strict: OpenAPI 3.0 has keywords of its own, which constrain nothing.
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema({ $id: 'github', components: toJsonSchema(slice.components) });
    const compile = (schema: unknown): ValidateFunction =>
      ajv.compile(asJson(toJsonSchema(schema)));
    this.#operations = Object.entries(asJson(slice.paths)).flatMap(([path, methods]) =>
      Object.entries(asJson(methods)).map(([method, operation]) =>
        readOperation(path, method, asJson(operation), slice, compile),
      ),
    );
  }

  /** The operation of a request and what is wrong with it; `null` where the slice has no such one. */
  match(request: ContractRequest): MatchedOperation | null {
    for (const operation of this.#operations) {
      const found =
        operation.method === request.method ? operation.pattern.exec(request.path) : null;
      if (found === null) continue;
      const pathParameters = Object.fromEntries(
        Object.entries(found.groups ?? {}).map(([name, value]) => [
          name,
          decodeURIComponent(value),
        ]),
      );
      return {
        operationId: operation.operationId,
        pathParameters,
        problems: [
          ...checkParameters(operation, pathParameters, request.query),
          ...checkBody(operation, request),
          ...checkHeaders(request),
        ],
      };
    }
    return null;
  }
}

function readOperation(
  path: string,
  method: string,
  operation: Json,
  slice: Json,
  compile: (schema: unknown) => ValidateFunction,
): Operation {
  const listed: readonly unknown[] = Array.isArray(operation.parameters)
    ? operation.parameters
    : [];
  const body = operation.requestBody === undefined ? null : asJson(operation.requestBody);
  const content = body === null ? null : asJson(asJson(body.content)['application/json']);
  return {
    operationId: String(operation.operationId),
    method: method.toUpperCase(),
    pattern: patternOf(path),
    parameters: listed.map((parameter) => readParameter(resolve(parameter, slice), compile)),
    body: content === null ? null : compile(content.schema),
    needsBody: body?.required === true,
  };
}

function readParameter(parameter: Json, compile: (schema: unknown) => ValidateFunction): Parameter {
  const schema = asJson(parameter.schema);
  return {
    name: String(parameter.name),
    in: String(parameter.in),
    required: parameter.required === true,
    isNumber: schema.type === 'integer' || schema.type === 'number',
    validate: compile(schema),
  };
}

/** `{path}` of a file may hold slashes; every other parameter is one segment. */
function patternOf(path: string): RegExp {
  const pattern = path
    .replace(/[.+]/g, '\\$&')
    .replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${name === 'path' ? '.+' : '[^/]+'})`);
  return new RegExp(`^${pattern}$`);
}

function checkParameters(
  { parameters }: Operation,
  path: Readonly<Record<string, string>>,
  query: URLSearchParams,
): string[] {
  const known = new Set(parameters.filter((it) => it.in === 'query').map(({ name }) => name));
  const unknown = [...query.keys()].filter((name) => !known.has(name));
  return [
    ...unknown.map((name) => `query: ${name} is no parameter of the operation`),
    ...parameters.flatMap((parameter) => {
      const text =
        parameter.in === 'path' ? path[parameter.name] : (query.get(parameter.name) ?? undefined);
      if (text === undefined) {
        return parameter.required ? [`${parameter.in}: ${parameter.name} is missing`] : [];
      }
      const value = parameter.isNumber && /^-?\d+$/.test(text) ? Number(text) : text;
      return parameter.validate(value) ? [] : describe(parameter.name, parameter.validate);
    }),
  ];
}

function checkBody({ body, needsBody }: Operation, request: ContractRequest): string[] {
  if (request.body === '') return needsBody ? ['body: is missing'] : [];
  if (body === null) return ['body: the operation takes none'];
  try {
    return body(JSON.parse(request.body)) ? [] : describe('body', body);
  } catch {
    return ['body: is not JSON'];
  }
}

/** GitHub Docs, "Getting started with the REST API": the headers of a request. */
function checkHeaders({ headers, body }: ContractRequest): string[] {
  const accept = headers.accept ?? '';
  const type = headers['content-type'] ?? '';
  return [
    ...(headers['user-agent'] ? [] : ['headers: a user agent is required']),
    ...(/^application\/vnd\.github[.+][\w.+-]+$/.test(accept)
      ? []
      : [`headers: accept is ${JSON.stringify(accept)}, not a media type of GitHub's`]),
    ...(body === '' || /^application\/json\b/.test(type)
      ? []
      : [`headers: content-type is ${JSON.stringify(type)}, not application/json`]),
  ];
}

function describe(what: string, { errors }: ValidateFunction): string[] {
  return (errors ?? []).map(({ instancePath, message }) => `${what}${instancePath}: ${message}`);
}

function resolve(value: unknown, slice: Json): Json {
  const node = asJson(value);
  if (typeof node.$ref !== 'string') return node;
  const keys = node.$ref.replace(/^#\//, '').split('/');
  return asJson(keys.reduce<unknown>((inner, key) => asJson(inner)[key], slice));
}

/**
 * A schema of OpenAPI 3.0 as JSON Schema: what is `nullable` may be null too, and references lead
 * into the description, from which schemas are compiled apart.
 */
function toJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const schema = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string' ? `github${inner}` : toJsonSchema(inner),
    ]),
  );
  if (schema.nullable !== true) return schema;
  const { nullable: _, ...rest } = schema;
  return { anyOf: [rest, { type: 'null' }] };
}

function asJson(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`The slice of GitHub's description is not as it should be: ${String(value)}`);
  }
  return { ...value };
}
