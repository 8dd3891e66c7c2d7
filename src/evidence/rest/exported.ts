import type { ApiGateway } from '../../aws/api-gateway.js';
import { AwsFailure } from '../../aws/failure.js';
import { type Methods, methodKey } from '../../model/evidence.js';
import { isRecord } from '../../model/json-data.js';

/** The backend of a method in a stage's snapshot. */
export interface ExportedIntegration {
  /** `MOCK`, `HTTP`, …, as the configured layer spells it. */
  readonly type: string;
  readonly uri: string | null;
  readonly httpMethod: string | null;
  /** The rest of it, as the export writes it. */
  readonly members: Readonly<Record<string, unknown>>;
}

/**
 * What an OpenAPI path item has besides methods (OpenAPI 3.1, "Path Item Object"), and extensions. Any other
 * member that may be a method counts as one: a verb that nobody knows yet is not left out without a word.
 */
const NO_OPERATION = /^(?:\$ref|summary|description|servers|parameters|x-.*)$/i;
/** API Gateway Developer Guide, "x-amazon-apigateway-any-method object". */
const ANY = 'x-amazon-apigateway-any-method';

/**
 * Reads the integrations of the snapshot that a stage serves. A deployment's summary tells none, an
 * export does. A method without an integration in the export is left out: nothing is known of it.
 *
 * @throws AwsFailure where the export could not be read, or is no OpenAPI document.
 */
export async function readExportedIntegrations(
  apiGateway: Pick<ApiGateway, 'getExport'>,
  apiId: string,
  stage: string,
): Promise<Methods<ExportedIntegration>> {
  return parseExport(await apiGateway.getExport(apiId, stage));
}

/**
 * The integrations in an export.
 *
 * @throws AwsFailure where the text is no OpenAPI document in JSON.
 */
export function parseExport(text: string): Methods<ExportedIntegration> {
  const integrations = new Map<string, ExportedIntegration>();
  for (const { method, path, operation } of readOperations(text).operations) {
    const integration = member(operation, 'x-amazon-apigateway-integration');
    const type = member(integration, 'type');
    if (!isRecord(integration) || typeof type !== 'string') continue;
    integrations.set(methodKey(method, path), {
      type: type.toUpperCase(),
      uri: textOrNull(member(integration, 'uri')),
      httpMethod: textOrNull(member(integration, 'httpMethod')),
      members: integration,
    });
  }
  return integrations;
}

/** A method of an export, as OpenAPI writes it. */
export interface ExportedOperation {
  /** HTTP method, or `ANY`. */
  readonly method: string;
  readonly path: string;
  readonly operation: Readonly<Record<string, unknown>>;
}

/**
 * Every method in an export, with the document that it stands in.
 *
 * @param call what exported it.
 * @throws AwsFailure where the text is no OpenAPI document in JSON.
 */
export function readOperations(
  text: string,
  call = 'GetExport',
): {
  readonly document: unknown;
  readonly operations: readonly ExportedOperation[];
} {
  const document = parse(text, call);
  const paths = member(document, 'paths');
  if (!isRecord(paths)) {
    throw new AwsFailure(call, new Error('the export is no OpenAPI document with paths'), 1);
  }
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(isRecord(item) ? item : {}).flatMap(([name, operation]) => {
      const isAny = name.toLowerCase() === ANY;
      if (!isRecord(operation) || (!isAny && NO_OPERATION.test(name))) return [];
      return [{ method: isAny ? 'ANY' : name.toUpperCase(), path, operation }];
    }),
  );
  return { document, operations };
}

function parse(text: string, call: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AwsFailure(call, error, 1);
  }
}

/** A member of what may be an object; `undefined` where it has none of its own. */
export function member(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
