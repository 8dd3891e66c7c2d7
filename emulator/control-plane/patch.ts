import { isJsonObject, type JsonObject } from '../json.js';
import { text } from './body.js';
import { badRequest, notInEnum, serializationError, validationError } from './errors.js';

/** The order is that of the service's message. */
const OPERATIONS = ['add', 'remove', 'move', 'test', 'replace', 'copy'] as const;

export type PatchVerb = (typeof OPERATIONS)[number];

/** One entry of `patchOperations`. */
export interface PatchOperation {
  readonly op: PatchVerb;
  readonly path: string;
  /** The path's parts with `~1` and `~0` undone (RFC 6901). */
  readonly parts: readonly string[];
  readonly value: string | undefined;
  readonly from: string | undefined;
}

function isPatchVerb(value: string): value is PatchVerb {
  return OPERATIONS.some((operation) => operation === value);
}

/**
 * Reads `patchOperations`. Every wrong `op` of the list is told in one error, counted from 1
 * (localstack snapshot test_update_rest_api_concatenation_of_errors, 2025-07-07).
 *
 * @param input the name of the operation's input in such an error, such as `updateMethodInput`
 */
export function patchOperations(
  body: JsonObject,
  input: string,
  otherFindings: readonly string[] = [],
): PatchOperation[] {
  const list = body.patchOperations;
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw serializationError('patchOperations must be a list');
  const findings: string[] = [];
  const operations: PatchOperation[] = [];
  list.forEach((entry: unknown, index) => {
    if (!isJsonObject(entry)) throw serializationError('a patch operation must be an object');
    const op = text(entry, 'op') ?? 'null';
    if (!isPatchVerb(op)) {
      findings.push(notInEnum(op, `${input}.patchOperations.${index + 1}.member.op`, OPERATIONS));
      return;
    }
    const path = text(entry, 'path');
    operations.push({
      op,
      // A missing path is told as "null": localstack snapshot test_update_gateway_response, 2024-04-15.
      path: path ?? 'null',
      parts: path === undefined ? [] : pointer(path),
      value: text(entry, 'value'),
      from: text(entry, 'from'),
    });
  });
  findings.push(...otherFindings);
  if (findings.length > 0) throw validationError(findings);
  return operations;
}

function pointer(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The answer to a path that the operation does not know (localstack snapshot test_update_method_validation, 2024-04-15). */
export function invalidPath(operation: PatchOperation): Error {
  return badRequest(`Invalid patch path ${operation.path}`);
}

/** Refuses another `op` than replace, in the words of test_update_method_validation, 2024-04-15. */
export function requireReplace(operation: PatchOperation): string {
  return requireVerb(operation, ['replace']);
}

/** Refuses an `op` that is not in the list; answers the value, the empty string where there is none. */
export function requireVerb(operation: PatchOperation, verbs: readonly PatchVerb[]): string {
  if (!verbs.includes(operation.op))
    throw badRequest(`Invalid patch operation specified. Must be one of: [${verbs.join(', ')}]`);
  return operation.value ?? '';
}

/** Booleans of a patch: anything but "true" is false (test_update_method_validation, wrong-value-type). */
export function patchedFlag(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}
