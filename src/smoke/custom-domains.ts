import type { ApiGateway } from '../aws/api-gateway.js';
import { AwsFailure } from '../aws/failure.js';
import type { Reading } from '../evidence/model.js';
import { reading } from '../evidence/reading.js';

/** A custom domain name that leads to stages by their base paths. */
export interface MappedStage {
  readonly apiId: string;
  /** Base URL of the stage, without a final slash. */
  readonly baseUrl: string;
  /** Callers must show a client certificate, which the gate has not. */
  readonly wantsClientCertificate: boolean;
  /** Answers inside a VPC alone. */
  readonly isPrivate: boolean;
  /** The stage; `null` where the mapping leaves it to the path that callers write. */
  readonly stage: string | null;
}

/** Every stage that the region's custom domain names lead to by a base path mapping. */
export function readCustomDomains(
  apiGateway: DomainReader,
): Promise<Reading<readonly MappedStage[]>> {
  return reading('GetDomainNames', async () => {
    const mapped: MappedStage[] = [];
    for (const domain of await pagesOf('GetDomainNames', (at) =>
      apiGateway.getDomainNamesPage(at),
    )) {
      const { domainName, domainNameId, routingMode } = domain;
      // A wildcard is no address, and routing rules take the place of base path mappings.
      const isAddress = domainName !== undefined && !domainName.startsWith('*');
      if (!isAddress || routingMode === 'ROUTING_RULE_ONLY') continue;
      const isPrivate = domain.endpointConfiguration?.types?.includes('PRIVATE') ?? false;
      const id = isPrivate ? domainNameId : undefined;
      const mappings = await pagesOf('GetBasePathMappings', (at) =>
        apiGateway.getBasePathMappingsPage(domainName, id, at),
      );
      for (const { restApiId, basePath, stage } of mappings) {
        if (restApiId === undefined) continue;
        mapped.push({
          apiId: restApiId,
          baseUrl: `https://${domainName}${partOf(basePath)}`,
          wantsClientCertificate: domain.mutualTlsAuthentication !== undefined,
          isPrivate,
          stage: stage === undefined || stage === NONE ? null : stage,
        });
      }
    }
    return mapped;
  });
}

type DomainReader = Pick<ApiGateway, 'getDomainNamesPage' | 'getBasePathMappingsPage'>;

/** "Specify '(none)' for a mapping without base path" (API Gateway API Reference, BasePathMapping). */
const NONE = '(none)';

function partOf(basePath: string | undefined): string {
  return basePath === undefined || basePath === '' || basePath === NONE ? '' : `/${basePath}`;
}

async function pagesOf<T>(
  operation: string,
  pageAt: (position: string | undefined) => Promise<{
    readonly items?: T[] | undefined;
    readonly position?: string | undefined;
  }>,
): Promise<T[]> {
  const items: T[] = [];
  const seen = new Set<string>();
  let position: string | undefined;
  do {
    const page = await pageAt(position);
    // Without a list nothing is found, and a stage without address is incomplete, never a pass.
    items.push(...(page.items ?? []));
    position = page.position;
    if (position !== undefined && seen.has(position)) {
      throw new AwsFailure(operation, new Error('the same page was offered twice'), 1);
    }
    if (position !== undefined) seen.add(position);
  } while (position !== undefined);
  return items;
}

/**
 * The best address of a stage among the custom domain names: one that anybody can reach before one
 * that wants a certificate or a VPC.
 */
export function addressAmong(
  mapped: readonly MappedStage[],
  apiId: string,
  stage: string,
): string | null {
  const fitting = mapped.filter(
    (it) => it.apiId === apiId && (it.stage === null || it.stage === stage),
  );
  const cost = (it: MappedStage): number =>
    (it.isPrivate ? 2 : 0) + (it.wantsClientCertificate ? 1 : 0);
  const [best] = fitting.sort((a, b) => cost(a) - cost(b));
  if (best === undefined) return null;
  return best.stage === null ? `${best.baseUrl}/${stage}` : best.baseUrl;
}
