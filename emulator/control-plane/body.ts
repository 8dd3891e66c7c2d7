import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';
import { badRequest, serializationError } from './errors.js';

/** Java's names for JSON types, as the service's reader puts them into its message. */
function javaClass(value: JsonValue): string {
  if (typeof value === 'boolean') return 'class java.lang.Boolean';
  if (typeof value === 'number')
    return 'class com.amazon.coral.value.json.numbers.TruncatingBigNumber';
  return Array.isArray(value) ? 'class java.util.ArrayList' : 'class java.util.HashMap';
}

/** "Can not be converted to an String": localstack snapshot test_put_integration_request_parameter_bool_type, 2024-12-12. */
function asText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  throw serializationError(`${javaClass(value)} can not be converted to an String`);
}

/** A string member; absent and null are the same. */
export function text(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  return value === undefined || value === null ? undefined : asText(value);
}

/** A string member that must be there. The text is the emulator's own. */
export function requiredText(body: JsonObject, name: string): string {
  const value = text(body, name);
  if (value === undefined || value === '') throw badRequest(`${name} must be given`);
  return value;
}

/** A boolean member; the strings "true" and "false" are taken too. */
export function flag(body: JsonObject, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw serializationError(`${name} can not be converted to a Boolean`);
}

/** A number member. */
export function number(body: JsonObject, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  const parsed = typeof value === 'string' ? Number(value) : value;
  if (typeof parsed === 'number' && Number.isFinite(parsed)) return parsed;
  throw serializationError(`${name} can not be converted to a Number`);
}

/** A member that is an object. */
export function object(body: JsonObject, name: string): JsonObject | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (isJsonObject(value)) return value;
  throw serializationError(`${name} must be an object`);
}

/** A map of strings. */
export function textMap(body: JsonObject, name: string): Record<string, string> | undefined {
  const value = object(body, name);
  if (value === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, asText(entry ?? '')]),
  );
}

/**
 * A map of templates: null and the empty string are kept as null (localstack snapshot
 * test_put_integration_response_templates, 2026-02-12).
 */
export function templateMap(
  body: JsonObject,
  name: string,
): Record<string, string | null> | undefined {
  const value = object(body, name);
  if (value === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      entry === undefined || entry === null || entry === '' ? null : asText(entry),
    ]),
  );
}

/** A map of booleans. */
export function flagMap(body: JsonObject, name: string): Record<string, boolean> | undefined {
  const value = object(body, name);
  if (value === undefined) return undefined;
  return Object.fromEntries(Object.keys(value).map((key) => [key, flag(value, key) ?? false]));
}

/** A list of strings. */
export function textList(body: JsonObject, name: string): string[] | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw serializationError(`${name} must be a list`);
  return value.map(asText);
}
