type Node = Readonly<Record<string, unknown>>;

/** The part of an OpenAPI description that says which requests are valid. */
export interface OpenApiSlice {
  readonly openapi: unknown;
  readonly info: unknown;
  readonly paths: Readonly<Record<string, Node>>;
  readonly components: Readonly<Record<string, Node>>;
}

/** What constrains no request. */
const PROSE: ReadonlySet<string> = new Set(['description', 'example', 'examples', 'externalDocs']);

/**
 * Takes operations out of an OpenAPI description, with every component that their parameters and
 * bodies refer to, and without prose and answers.
 *
 * @throws Error naming an operation or a component that the description does not have.
 */
export function sliceOpenApi(
  description: unknown,
  operations: Readonly<Record<string, readonly string[]>>,
): OpenApiSlice {
  const paths: Record<string, Record<string, unknown>> = {};
  const components: Record<string, Record<string, unknown>> = {};
  for (const [path, methods] of Object.entries(operations)) {
    for (const method of methods) {
      const { operationId, parameters, requestBody } = nodeAt(description, ['paths', path, method]);
      const operation = strip({ operationId, parameters, requestBody });
      paths[path] = { ...paths[path], [method]: operation };
      addComponents(operation, description, components);
    }
  }
  const { openapi, info } = nodeAt(description, []);
  return { openapi, info, paths, components };
}

function addComponents(
  value: unknown,
  description: unknown,
  components: Record<string, Record<string, unknown>>,
): void {
  for (const reference of referencesIn(value)) {
    const [, kind = '', name = ''] = /^#\/components\/(\w+)\/(.+)$/.exec(reference) ?? [];
    if (components[kind]?.[name] !== undefined) continue;
    const component = strip(nodeAt(description, ['components', kind, name]));
    components[kind] = { ...components[kind], [name]: component };
    addComponents(component, description, components);
  }
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : referencesIn(inner),
  );
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      // A property may be named "description": that one is a schema, not a sentence.
      .filter(([key, inner]) => !(PROSE.has(key) && !isSchema(inner)) && !key.startsWith('x-'))
      .map(([key, inner]) => [key, strip(inner)]),
  );
}

function isSchema(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['type', '$ref', 'oneOf', 'anyOf', 'allOf'].some((key) => key in value)
  );
}

function nodeAt(value: unknown, keys: readonly string[]): Node {
  const found = keys.reduce<unknown>((inner, key) => Object(inner)[key], value);
  if (typeof found !== 'object' || found === null) {
    throw new Error(`The description has no ${keys.join(' ')}.`);
  }
  return { ...found };
}
