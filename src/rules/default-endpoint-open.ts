import { stageKey } from '../model/stage-key.js';
import { isPastAuthorization, isRefusal } from '../probe/answer.js';
import { eachVerb, type Observation } from '../probe/observation.js';
import { finding } from './finding.js';
import { subjectOf } from './observed.js';
import type { Rule } from './rule.js';

/**
 * The stage answers at its default endpoint besides the custom domain name that was given: what stands
 * before the custom name (a WAF of a CDN, client certificates) is passed by there. One finding a stage.
 *
 * Source: API Gateway Developer Guide, "Disable the default endpoint for REST APIs".
 */
export const defaultEndpointOpen: Rule = {
  id: 'default-endpoint-open',
  severity: 'warning',
  holdsWhen:
    'the default endpoint answers besides the custom domain name, whose protection it has none of',
  toldBy: 'endpoint',
  find({ observations }) {
    const stages = new Map<string, Observation>();
    for (const observation of observations) {
      const { row } = observation;
      const isOpen = eachVerb(observation).some(
        ({ atDefaultEndpoint }) => atDefaultEndpoint !== null && isServed(atDefaultEndpoint.kind),
      );
      if (!isOpen) continue;
      const key = stageKey(row.api.id, row.stage?.name ?? null);
      if (!stages.has(key)) stages.set(key, observation);
    }
    return [...stages.values()].map((observation) =>
      finding(
        defaultEndpointOpen,
        { ...subjectOf(observation), method: null, path: null },
        'The stage also answers at its default endpoint, around the custom domain name and whatever protects that.',
        'Set disableExecuteApiEndpoint: true on the API and redeploy, once no caller uses the default endpoint any more.',
      ),
    );
  },
};

/**
 * "Forbidden" is what a disabled default endpoint of a REST API answers. One of an HTTP or WebSocket API is asked
 * only where the API says that it is not disabled, so that a refusal without a reason is the route's.
 */
function isServed(kind: Parameters<typeof isRefusal>[0]): boolean {
  return kind !== 'forbidden' && (isRefusal(kind) || isPastAuthorization(kind));
}
