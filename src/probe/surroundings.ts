import type { ApiEvidence, Reading } from '../model/evidence.js';
import type { AnswersReader } from './classify/by-kind.js';
import type { Classifier } from './classify/classifier.js';
import { type CustomDomain, type DomainReader, readCustomDomains } from './custom-domains.js';
import { baseUrlOf, hostnameOf } from './endpoint.js';
import {
  covers,
  isCustomDomain,
  isDefaultDisabled,
  locate,
  type Place,
  type Whereabouts,
} from './locate.js';

/** What the smoke test must know of the APIs that it asks, besides the evidence. */
export interface Surroundings {
  readonly whereabouts: (api: ApiEvidence, stage: string) => Whereabouts;
  /** Of an API that is asked. */
  readonly classifierOf: (apiId: string) => Classifier;
  /** What could not be read, in sentences for the report. */
  readonly notes: readonly string[];
}

/** What the surroundings are read with. */
export interface SurroundingsReader extends DomainReader {
  readonly apiGateway: DomainReader['apiGateway'] & AnswersReader;
}

/**
 * Reads what the smoke test needs: for each API that is asked what its answers are known by (of a REST
 * API its gateway responses, one call); and the region's custom domain names where an API's default
 * endpoint is disabled, or `endpoint-url` names one of them.
 *
 * @param apis those that have something to be asked.
 */
export async function readSurroundings(
  apis: readonly ApiEvidence[],
  place: Place,
  reader: SurroundingsReader,
): Promise<Surroundings> {
  const hosts = hostsOf(apis, place);
  // A wildcard is no address by itself, but may be what a given one goes by.
  const isWanted = (name: string): boolean =>
    name.startsWith('*') ? hosts !== null : (hosts?.has(name.toLowerCase()) ?? true);
  const dependent = apis.filter((api) => dependsOnDomains(api, place));
  const [domains, ...answers] = await Promise.all([
    dependent.length > 0 ? readCustomDomains(reader, isWanted) : NONE,
    ...apis.map(async (api) => {
      // Loaded with the first API that is asked.
      const { readAnswers } = await import('./classify/by-kind.js');
      return readAnswers(api, reader.apiGateway);
    }),
  ]);
  const byApi = new Map(apis.map(({ id }, index) => [id, answers[index]?.classifier]));
  return {
    whereabouts: (api, stage) => locate(api, stage, place, domains),
    classifierOf: (apiId) => {
      const classifier = byApi.get(apiId);
      if (classifier === undefined) throw new Error(`nothing was read of the answers of ${apiId}`);
      return classifier;
    },
    notes: [
      ...notesOnDomains(domains, hostsOf(dependent, place)),
      ...answers.flatMap(({ notes }) => notes),
    ],
  };
}

const NONE: Reading<readonly CustomDomain[]> = { readable: true, value: [] };

/** Whether custom domain names decide where an API is asked. */
export function dependsOnDomains(api: ApiEvidence, { region, endpointUrl }: Place): boolean {
  if (endpointUrl === null) return isDefaultDisabled(api);
  return isCustomDomain(baseUrlOf({ apiId: api.id, stage: 'x', region }, endpointUrl));
}

/** The names that `endpoint-url` stands for; `null` where it is not given. */
function hostsOf(
  apis: readonly ApiEvidence[],
  { region, endpointUrl }: Place,
): ReadonlySet<string> | null {
  if (endpointUrl === null) return null;
  return new Set(
    apis.flatMap((api) => {
      const stages = api.stages.readable ? api.stages.value : [];
      return stages
        .map(({ name }) => baseUrlOf({ apiId: api.id, stage: name, region }, endpointUrl))
        .filter((baseUrl) => URL.canParse(baseUrl))
        .map(hostnameOf);
    }),
  );
}

/** @param hosts those of `endpoint-url` that no default endpoint has; `null` where it is not given. */
function notesOnDomains(
  domains: Reading<readonly CustomDomain[]>,
  hosts: ReadonlySet<string> | null,
): string[] {
  if (hosts === null) return [];
  if (!domains.readable) {
    return [
      `Where endpoint-url leads could not be checked: ${domains.call} ${domains.reason}. ${domains.remedy}`,
    ];
  }
  const foreign = [...hosts].filter(
    (host) => !domains.value.some((domain) => covers(domain, `https://${host}`)),
  );
  return foreign.map(
    (host) =>
      `Where endpoint-url leads could not be checked: ${host} is no custom domain name of this account and region (it may be a CDN's, or another account's). The smoke test takes what answers there for the stage.`,
  );
}
