import { fill } from '../../../setup/render.js';
import { type Placeholder, type Purpose, RIGHTS } from '../../../setup/rights.js';

/** A call by the right that it needs. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
}

type Values = Readonly<Record<Placeholder, string>>;

/** Whether the rights for these purposes allow a call. */
export function allows(purposes: readonly Purpose[], asked: Asked, values: Values): boolean {
  return partsOf(purposes).some((part) => covers(part, asked, values));
}

/** The pairs of an action and a resource for which nothing asked. */
export function unusedRights(
  purposes: readonly Purpose[],
  all: readonly Asked[],
  values: Values,
): string[] {
  return partsOf(purposes)
    .filter((part) => !all.some((asked) => covers(part, asked, values)))
    .map(({ action, resource }) => `${action} on ${resource}`);
}

function partsOf(purposes: readonly Purpose[]): Asked[] {
  return purposes
    .flatMap((purpose) => RIGHTS[purpose])
    .flatMap(({ actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => ({ action, resource }))),
    );
}

function covers(part: Asked, { action, resource }: Asked, values: Values): boolean {
  if (part.action !== action) return false;
  const pattern = fill(part.resource, values)
    .split('*')
    .map((it) => it.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(resource);
}
