import { type ApiEvidence, isPrivate, nameOf, type Reading } from '../model/evidence.js';
import { withoutTrailingSlashes } from '../model/slashes.js';
import type { CustomDomain } from './custom-domains.js';
import { type Destination, destinationsOf, type RoutedRequest } from './domain-routes.js';
import {
  addressOf,
  baseUrlOf,
  defaultEndpointOf,
  hostnameOf,
  invokeUrlOf,
  isDefaultEndpoint,
  isLocal,
  segmentOfStage,
} from './endpoint.js';
import { fillPath } from './request-path.js';

/** Where a stage is asked, or why it cannot be. */
export type Whereabouts = Address | Unavailable;

/** Where a stage is asked. */
export interface Address {
  readonly baseUrl: string;
  /** The default endpoint, where it is open besides; `null` where it is not, or is asked already. */
  readonly defaultUrl: string | null;
  /** Why a request would prove something else than the stage's method, `null` where it would not. */
  readonly leadsElsewhere: (request: RoutedRequest) => string | null;
}

/** A stage that cannot be asked. */
export interface Unavailable {
  readonly unavailable: string;
  readonly remedy: string;
}

/** What decides where stages are asked. */
export interface Place {
  readonly region: string;
  readonly endpointUrl: string | null;
}

/** A stage with what it serves, as far as that is known. */
interface Asked {
  readonly api: ApiEvidence;
  readonly stage: string;
  readonly region: string;
}

/** A stage's address, with reasons where none would prove anything. */
export function locate(
  api: ApiEvidence,
  stage: string,
  { region, endpointUrl }: Place,
  domains: Reading<readonly CustomDomain[]>,
): Whereabouts {
  const asked = { api, stage, region };
  if (endpointUrl !== null) return locateGiven(asked, endpointUrl, domains);
  if (!isDefaultDisabled(api)) {
    const baseUrl = invokeUrlOf(addressOf(api, stage, region));
    return { baseUrl, defaultUrl: null, leadsElsewhere: leadsToStageOf(asked) };
  }
  if (domains.readable) return locateAmong(asked, domains.value);
  return {
    unavailable: `the default endpoint is disabled, and custom domain names could not be read: ${domains.call} ${domains.reason}`,
    remedy: `${domains.remedy} Or set endpoint-url to the custom domain that serves the stage.`,
  };
}

/** Whether an API's default endpoint is known to be disabled. */
export function isDefaultDisabled({ description }: ApiEvidence): boolean {
  return description.readable && description.value.defaultEndpointDisabled;
}

/** Whether a URL leads to a custom domain name, of which AWS can tell where that leads. */
export function isCustomDomain(endpointUrl: string): boolean {
  return !isDefaultEndpoint(endpointUrl) && !isLocal(endpointUrl);
}

function locateGiven(
  asked: Asked,
  template: string,
  domains: Reading<readonly CustomDomain[]>,
): Whereabouts {
  const { api, stage, region } = asked;
  const address = addressOf(api, stage, region);
  const baseUrl = baseUrlOf(address, template);
  // A host name that is {stage} alone is empty for the stage that has no segment.
  const misled = URL.canParse(baseUrl)
    ? mistakeIn(baseUrl, asked)
    : `for the stage ${stage} it is ${baseUrl}, which is no URL`;
  if (misled !== null) {
    return {
      unavailable: `endpoint-url leads elsewhere: ${misled}`,
      remedy: `Set endpoint-url to the address of the stage, such as ${invokeUrlOf(address)}, or leave it out.`,
    };
  }
  if (!isCustomDomain(baseUrl)) {
    return { baseUrl, defaultUrl: null, leadsElsewhere: leadsToStageOf(asked) };
  }

  // Of a name that nobody here knows (a CDN, another account) it cannot be known where it leads.
  const covering = domains.readable ? domains.value.filter((it) => covers(it, baseUrl)) : [];
  // A name of its own comes before a wildcard that covers it.
  const own = covering.filter(({ name }) => !name.startsWith('*.'));
  const known = own.length > 0 ? own : covering;
  const leadsElsewhere = leadsElsewhereOf(known, asked, baseUrl);
  const elsewhere = reasonNoneLeadsHere(asked, leadsElsewhere);
  if (elsewhere !== null) {
    return {
      unavailable: `endpoint-url does not lead to the stage: ${elsewhere}`,
      remedy: `Set endpoint-url to the base path that leads to stage ${stage} of ${nameOf(api)} (${api.id}), or leave it out.`,
    };
  }
  const isOpen = api.description.readable && !isDefaultDisabled(api) && !isPrivate(api);
  return { baseUrl, defaultUrl: isOpen ? invokeUrlOf(address) : null, leadsElsewhere };
}

/**
 * A stage that is served from the base of the API's URL has the others below it: a path that begins with
 * another stage's name leads there.
 */
function leadsToStageOf({ api, stage }: Asked): Address['leadsElsewhere'] {
  if (segmentOfStage(stage) !== '') return () => null;
  return ({ path }) => {
    const [, first = ''] = path.split('/');
    return first !== '' && api.stageNames.includes(first)
      ? `${path} leads to the stage ${first}, whose paths begin so`
      : null;
  };
}

/** What is wrong with the URL of a default endpoint, which names API, region and stage itself. */
function mistakeIn(baseUrl: string, { api, stage, region }: Asked): string | null {
  const named = defaultEndpointOf(baseUrl);
  if (named === null) return null;
  if (named.apiId !== null && named.apiId !== api.id) {
    return `it names the API ${named.apiId}, not ${api.id}`;
  }
  if (named.region !== region) return `it names the region ${named.region}, not ${region}`;
  if (segmentOfStage(stage) === '') {
    return named.stage === '' ? null : `its path goes on, and the stage ${stage} is served from /`;
  }
  if (named.stage !== stage) {
    return `its path begins with ${JSON.stringify(named.stage)}, not with the stage ${stage}`;
  }
  return named.rest === '' ? null : `its path goes on behind the stage ${stage}`;
}

/** Whether a URL is one of a domain name: by the name itself, or by a wildcard in its place. */
export function covers({ name }: CustomDomain, baseUrl: string): boolean {
  const hostname = hostnameOf(baseUrl);
  if (!name.startsWith('*.')) return name.toLowerCase() === hostname;
  return hostname.slice(hostname.indexOf('.')) === name.slice(1).toLowerCase();
}

/**
 * The best address of a stage among the custom domain names: one that anybody can reach before one
 * that wants a certificate or a VPC, and of those the one that leads to most of its methods.
 */
function locateAmong(asked: Asked, domains: readonly CustomDomain[]): Whereabouts {
  const { api, stage } = asked;
  const unread = domains.find(({ rules }) => !rules.readable)?.rules;
  const candidates = domains.flatMap((domain) =>
    // A wildcard is no address.
    domain.name.startsWith('*')
      ? []
      : basesOf(domain, api.id, stage).map((base) => ({ domain, base })),
  );
  const addresses = candidates.flatMap(({ domain, base }) => {
    const baseUrl = `https://${domain.name}${base}`;
    // A public and a private one may have the same name: which of them answers, the runner's network decides.
    const named = domains.filter(({ name }) => name.toLowerCase() === domain.name.toLowerCase());
    const leadsElsewhere = leadsElsewhereOf(named, asked, baseUrl);
    const paths = pathsOf(asked);
    const lost = paths.filter((path) => leadsElsewhere({ path, headers: {} }) !== null).length;
    if (paths.length > 0 && lost === paths.length) return [];
    const cost = (domain.isPrivate ? 2 : 0) + (domain.wantsClientCertificate ? 1 : 0);
    return [{ baseUrl, leadsElsewhere, lost, cost }];
  });
  const [best] = addresses.toSorted((a, b) => a.cost - b.cost || a.lost - b.lost);
  if (best !== undefined) {
    const { baseUrl, leadsElsewhere } = best;
    return { baseUrl, defaultUrl: null, leadsElsewhere };
  }
  const why = unread === undefined || unread.readable ? '' : ` (${unread.call} ${unread.reason})`;
  const remedy = unread === undefined || unread.readable ? '' : `${unread.remedy} Or `;
  return {
    unavailable: `the default endpoint is disabled, and no ${api.kind === 'REST' ? 'base path mapping' : 'API mapping'} or routing rule of a custom domain name leads to the stage and to no other${why}`,
    remedy: `${remedy}${remedy === '' ? 'Set' : 'set'} endpoint-url to the custom domain that serves the stage, or smoke-test: false.`,
  };
}

/** Paths of a domain name below which a stage may be found, without a final slash. */
function basesOf(domain: CustomDomain, apiId: string, stage: string): string[] {
  const bases = domain.mappings
    .filter((it) => it.apiId === apiId && (it.stage === null || it.stage === stage))
    .map((it) => `${slashed(it.basePath)}${it.stage === null ? `/${stage}` : ''}`);
  const rules = domain.rules.readable ? domain.rules.value : [];
  for (const rule of rules) {
    if (rule.apiId !== apiId || rule.stage !== stage) continue;
    if (rule.basePaths.length === 0 || !rule.stripsBasePath) bases.push('');
    else bases.push(...rule.basePaths.flat().map(slashed));
  }
  return [...new Set(bases)];
}

function slashed(basePath: string): string {
  return basePath === '' ? '' : `/${basePath}`;
}

function withPeriod(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

/** What tells whether a request to any of the domain names that a URL may mean leads elsewhere. */
function leadsElsewhereOf(
  domains: readonly CustomDomain[],
  asked: Asked,
  baseUrl: string,
): Address['leadsElsewhere'] {
  return (request) =>
    domains
      .map((domain) => reasonElsewhere(domain, asked, baseUrl, request))
      .find((it) => it !== null) ?? null;
}

/** Why none of a stage's methods can be asked at an address; `null` where one can, or none is known. */
function reasonNoneLeadsHere(
  asked: Asked,
  leadsElsewhere: Address['leadsElsewhere'],
): string | null {
  const reasons = pathsOf(asked).map((path) => leadsElsewhere({ path, headers: {} }));
  return reasons.every((it) => it !== null) ? (reasons[0] ?? null) : null;
}

/** Paths of the methods that a stage serves, with placeholders for their parameters. */
function pathsOf({ api, stage }: Asked): string[] {
  if (!api.stages.readable) return [];
  const found = api.stages.value.find(({ name }) => name === stage);
  if (found === undefined || !found.deployed.readable) return [];
  return [
    ...new Set([...found.deployed.value.values()].map(({ path }) => fillPath(path, {}).path)),
  ];
}

/**
 * Why a request to a domain name may be answered by something else than the stage that is asked for.
 *
 * @param request with the path below the stage.
 */
function reasonElsewhere(
  domain: CustomDomain,
  { api, stage }: Asked,
  baseUrl: string,
  { path, headers }: RoutedRequest,
): string | null {
  const { name, rules } = domain;
  if (!rules.readable) {
    return `where ${name} leads could not be read (${rules.call} ${withPeriod(rules.reason)} ${rules.remedy})`;
  }
  const whole = `${withoutTrailingSlashes(new URL(baseUrl).pathname)}${path}`;
  const isHere = (it: Destination): boolean =>
    it !== 'nowhere' && it.apiId === api.id && it.stage === stage && it.path === (path || '/');
  const other = destinationsOf(domain, rules.value, { path: whole, headers }).find(
    (it) => !isHere(it),
  );
  if (other === undefined) return null;
  if (other === 'nowhere') return `${name} has no base path for ${whole}`;
  if (other.apiId === api.id && other.stage === stage) {
    return `${name} leads ${whole} to ${other.path} of the stage`;
  }
  return `${name} may lead ${whole} to stage ${other.stage} of the API ${other.apiId}`;
}
