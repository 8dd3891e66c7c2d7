import { redact } from '../aws/redact.js';
import type { Selection } from '../evidence/select/select.js';
import { ConfigurationError } from '../model/errors.js';
import { isApiId, type Matched } from '../model/selector.js';
import type { Assignment } from './assignment.js';
import { type ReadDependencies, withinLimit } from './dependencies.js';

/** APIs of a selector that a sentence names. */
const NAMED = 10;

/**
 * Finds the APIs that the inputs name by name, tag or stack. What follows goes by their ids: what a run
 * changes must not depend on what is called how by then.
 *
 * @returns the assignment with the ids in place of the selectors, and with what each stands for.
 * @throws ConfigurationError naming every selector that stands for nothing.
 */
export async function select(
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<Assignment> {
  const { inputs } = assignment;
  const { apiIds, apiTypes, region, mode } = inputs;
  if (apiIds === '*' || apiIds.every(isApiId)) return assignment;
  const { target, logger } = dependencies;
  const [{ selectApis }, { readersOf }] = await Promise.all([
    import('../evidence/select/select.js'),
    import('../evidence/collect.js'),
  ]);
  const sources = {
    readers: readersOf(target, { apiIds: '*', apiTypes }),
    cloudFormation: target.cloudFormation,
  };
  const selection = await logger.group('Finding the APIs', async () => {
    const found = await withinLimit(dependencies, () =>
      selectApis(apiIds, sources, { region, isToChange: mode !== 'audit' }),
    );
    for (const matched of found.matched) logger.info(sentenceOf(matched));
    return found;
  });
  refuseOneUrl(inputs, selection);
  return { ...assignment, inputs: { ...inputs, apiIds: selection.apiIds }, selection };
}

/** What a selector stands for, as a sentence. */
export function sentenceOf({ selector, apis }: Matched): string {
  if (apis.length === 0) return redact(`${selector}: no API was found.`);
  const names = apis
    .slice(0, NAMED)
    .map(({ id, name }) => (name === null ? id : `${name} (${id})`))
    .join(', ');
  const left = apis.length - NAMED;
  return redact(`${selector} is ${names}${left > 0 ? ` and ${left} more` : ''}.`);
}

/** How many APIs a selector stands for is known only now. */
function refuseOneUrl(
  { endpointUrl, smokeTest }: Assignment['inputs'],
  { apiIds }: Selection,
): void {
  if (!smokeTest || endpointUrl === null || endpointUrl.includes('{api-id}')) return;
  if (apiIds.length < 2) return;
  throw new ConfigurationError([
    `endpoint-url: it names one address, and api-id stands for the APIs ${apiIds.join(', ')}. Put {api-id} into the URL, or audit one API a step.`,
  ]);
}
