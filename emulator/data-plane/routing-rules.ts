import { headerOf, type WireRequest } from '../http.js';
import type { DomainNameState, RoutingRuleState } from '../model.js';

/** Where a rule leads a request: a stage, and the path that it gets. */
export interface RuledAddress {
  readonly apiId: string;
  readonly stage: string;
  readonly path: string;
}

/**
 * The first rule, from the lowest priority on, whose conditions all hold. Header names match in any
 * case, values by a glob in their own case; the base path is kept in the path unless the rule strips it.
 *
 * Source: API Gateway Developer Guide, "Routing rules to connect API stages to a custom domain name for
 * REST APIs".
 */
export function ruledAddress(
  request: WireRequest,
  { rules = [] }: DomainNameState,
): RuledAddress | undefined {
  for (const rule of rules.toSorted((a, b) => a.priority - b.priority)) {
    const base = rule.basePaths.find((it) => `${request.rawPath}/`.startsWith(`/${it}/`));
    if (rule.basePaths.length > 0 && base === undefined) continue;
    if (!rule.headers.every((condition) => holds(request, condition))) continue;
    const stripped = rule.stripBasePath && base !== undefined ? base.length + 1 : 0;
    const path = request.rawPath.slice(stripped) || '/';
    return { apiId: rule.apiId, stage: rule.stage, path };
  }
  return undefined;
}

function holds(
  request: WireRequest,
  { header, valueGlob }: RoutingRuleState['headers'][number],
): boolean {
  const value = headerOf(request, header.toLowerCase());
  if (value === undefined) return false;
  const pattern = valueGlob.split('*').map(escaped).join('.*');
  return new RegExp(`^${pattern}$`, 's').test(value);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
