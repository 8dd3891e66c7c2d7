import * as sdk from '@aws-sdk/client-apigatewayv2';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type HttpRequest, HttpResponse } from '@smithy/protocol-http';
import { matchV2Operation } from '../../../emulator/v2/control/operations.js';

/**
 * The service model, as the SDK carries it: an operation is `[9, namespace, name, traits, input, output]`,
 * a structure `[3, …, names, schemas]`, a list `[1, …, member]`, a map `[2, …, key, value]`; a number is a
 * simple type, 64 and 128 on it a list and a map of it.
 */
type Schema = unknown;

interface ModelOperation {
  readonly name: string;
  readonly method: string;
  /** Without `/v2`; the names in braces in lower case. */
  readonly template: string;
  readonly status: number;
  readonly output: Schema;
}

/** Every operation of the model. */
export const MODEL: readonly ModelOperation[] = Object.values(sdk).flatMap((schema: unknown) => {
  if (!Array.isArray(schema) || schema[0] !== 9) return [];
  const [, , name, traits, , output] = schema;
  const [method, uri, status] = traits.http;
  return [{ name, method, template: lowered(uri.replace(/^\/v2/, '')), status, output }];
});

/** Parameters' names in lower case and without hyphens: the SDK spells them its own way. */
export function lowered(template: string): string {
  return template.replaceAll(/\{[^}]+\}/g, (name) => name.toLowerCase().replaceAll('-', ''));
}

/** What is wrong with an answer, by the model: its status, members that it has not, types of values. */
export function problemsOf(name: string, status: number, body: string): string[] {
  const operation = MODEL.find((it) => it.name === name);
  if (operation === undefined) return [`${name} is no operation`];
  const problems = status === operation.status ? [] : [`${name}: status ${status}`];
  if (name === 'ExportApi') return problems;
  const output = resolved(operation.output);
  if (!Array.isArray(output) || output[0] !== 3)
    return body === '' ? problems : [...problems, `${name}: a body`];
  return [...problems, ...differences(output, body === '' ? {} : JSON.parse(body), name)];
}

function resolved(schema: Schema): Schema {
  return typeof schema === 'function' ? resolved(schema()) : schema;
}

function differences(schema: Schema, value: unknown, at: string): string[] {
  const known = resolved(schema);
  if (typeof known === 'number') return simple(known, value, at);
  if (!Array.isArray(known)) return [];
  const [kind] = known;
  // A member with traits: the schema, then how it is called on the wire.
  if (typeof kind !== 'number' || known.length === 2) return differences(kind, value, at);
  if (kind === 1)
    return Array.isArray(value)
      ? value.flatMap((entry, index) => differences(known[4], entry, `${at}[${index}]`))
      : [`${at}: no list`];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${at}: no object`];
  if (kind === 2)
    return Object.entries(value).flatMap(([key, entry]) =>
      differences(known[5], entry, `${at}.${key}`),
    );
  if (kind !== 3) return [];
  const [, , , , names, members, required = 0] = known;
  const byWireName = new Map<string, Schema>(
    names.map((name: string, index: number) => {
      const member = members[index];
      const traits = Array.isArray(member) ? member[1] : undefined;
      return [traits?.jsonName ?? name, member];
    }),
  );
  const wireNames = [...byWireName.keys()];
  return [
    ...wireNames
      .slice(0, required)
      .flatMap((name) => (name in value ? [] : [`${at}.${name} is missing`])),
    ...Object.entries(value).flatMap(([name, entry]) =>
      byWireName.has(name)
        ? differences(byWireName.get(name), entry, `${at}.${name}`)
        : [`${at}.${name} is no member`],
    ),
  ];
}

const STRING = 0;
const NUMBER = 1;
const BOOLEAN = 2;
const DATE = 5;

function simple(schema: number, value: unknown, at: string): string[] {
  if ((schema & 64) !== 0)
    return Array.isArray(value)
      ? value.flatMap((entry, index) => simple(schema & ~64, entry, `${at}[${index}]`))
      : [`${at}: no list`];
  if ((schema & 128) !== 0)
    return typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, entry]) =>
          simple(schema & ~128, entry, `${at}.${key}`),
        )
      : [`${at}: no map`];
  const fits =
    (schema === STRING && typeof value === 'string') ||
    (schema === NUMBER && typeof value === 'number') ||
    (schema === BOOLEAN && typeof value === 'boolean') ||
    (schema === DATE && typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value));
  return fits ? [] : [`${at}: ${JSON.stringify(value)} is not of type ${schema}`];
}

/** Holds every answer of 2xx against the model; an answer that does not fit is a failure of the call. */
export class CheckedHandler extends NodeHttpHandler {
  override async handle(
    request: HttpRequest,
    options?: Parameters<NodeHttpHandler['handle']>[1],
  ): ReturnType<NodeHttpHandler['handle']> {
    const { response } = await super.handle(request, options);
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { statusCode, headers } = response;
    const operation = matchV2Operation(request.method, request.path);
    if (statusCode < 300) {
      const problems = problemsOf(operation?.name ?? '', statusCode, body.toString('utf8'));
      if (problems.length > 0) throw new Error(`Not by the service model: ${problems.join('; ')}`);
    }
    return { response: new HttpResponse({ statusCode, headers, body }) };
  }
}
