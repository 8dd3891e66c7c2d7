import { attribute, literal } from './hcl.js';
import type { Source } from './sources.js';

/** What to give where only a plan knows a value. */
export const GIVE = 'give a plan (input `plan-file`): `terraform show -json` of a plan file';

/** The address of a resource, such as `aws_api_gateway_rest_api.api`. */
export function addressOf({ block }: Source): string {
  return block.labels.join('.');
}

/** `aws_api_gateway_rest_api.api` of `aws_api_gateway_rest_api.api.id`. */
export function addressIn(expression: string | undefined): string | null {
  const found = /^"?(?:\$\{)?((?:data\.)?[a-z0-9_]+\.[\w-]+)(?:\[[^\]]*\])?\.[\w-]+\}?"?$/.exec(
    expression ?? '',
  );
  return found?.[1] ?? null;
}

/** The text of an attribute, where it is written out. */
export function textOf({ block }: Source, name: string): string | undefined {
  const value = literal(attribute(block, name)?.expression);
  return typeof value === 'string' ? value : undefined;
}

/**
 * Whether Terraform leaves an attribute of what exists as it is, whatever is written (Terraform Language,
 * "The lifecycle Meta-Argument", ignore_changes).
 */
export function keepsAsItIs({ block }: Source, name: string): boolean {
  return block.blocks
    .filter(({ type }) => type === 'lifecycle')
    .flatMap((it) => attribute(it, 'ignore_changes')?.expression ?? [])
    .some((it) => /^\[?\s*"?all"?\s*\]?$/.test(it) || new RegExp(`\\b${name}\\b`).test(it));
}

/** Why an attribute is not known that Terraform leaves as it is. */
export function keptInWords(source: Source, name: string): string {
  return `${addressOf(source)} has ignore_changes, which keeps the ${name} that it has in AWS`;
}
