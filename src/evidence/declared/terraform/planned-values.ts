import { asRecord, type Planned } from './plan-model.js';

/** Whether an attribute is known after the apply alone. */
export function isUnknown(resource: Planned, name: string): boolean {
  return resource.unknown[name] === true;
}

/** The types of the only block `endpoint_configuration`, and of the parameter that an import takes for it. */
export function endpointTypesOf(resource: Planned): readonly string[] | null {
  const imported = asRecord(resource.after.parameters).endpointConfigurationTypes;
  const ofImport = typeof imported === 'string' ? [imported] : [];
  if (isUnknown(resource, 'endpoint_configuration')) {
    return resource.expressions.endpoint_configuration === undefined ? ofImport : null;
  }
  const blocks: unknown = resource.after.endpoint_configuration;
  const listed: readonly unknown[] = Array.isArray(blocks) ? blocks : [];
  const types = listed.flatMap((it): readonly unknown[] => {
    const { types: written } = asRecord(it);
    return Array.isArray(written) ? written : [];
  });
  return [...types.filter((it) => typeof it === 'string'), ...ofImport];
}

/** An attribute that is on or off; `null` where it is known after the apply alone. */
export function flag(resource: Planned, name: string): boolean | null {
  if (isUnknown(resource, name)) return resource.expressions[name] === undefined ? false : null;
  return resource.after[name] === true;
}

/** A text; `null` of anything else. */
export function textOr(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
