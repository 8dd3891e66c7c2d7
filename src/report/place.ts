import type { Finding, ReportedApi } from './report.js';

/** What a reader calls an API: its name, with the id where another API has the same name. */
export type ApiNames = (id: string) => string;

/** Names for the APIs of a report; an id that the report does not list stands for itself. */
export function nameApis(apis: readonly ReportedApi[]): ApiNames {
  const uses = new Map<string, number>();
  for (const api of apis) {
    uses.set(api.name, (uses.get(api.name) ?? 0) + 1);
  }
  const names = new Map<string, string>();
  for (const api of apis) {
    const unique = api.name !== '' && uses.get(api.name) === 1;
    names.set(api.id, unique ? api.name : `${api.name} (${api.id})`.trim());
  }
  return (id) => names.get(id) ?? id;
}

/** `GET /pets/{id}`, `$connect` of a route that has no path, or null where the finding is about no single method. */
export function nameMethod(finding: Pick<Finding, 'method' | 'path'>): string | null {
  const { method, path } = finding;
  const parts = [method, path === method ? null : path].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' ');
}

/** `orders/prod`, `orders` where no stage is concerned, null where no API is. */
export function nameStage(
  finding: Pick<Finding, 'api' | 'stage'>,
  apiNames: ApiNames,
): string | null {
  if (finding.api === null) {
    return null;
  }
  const api = apiNames(finding.api);
  return finding.stage === null ? api : `${api}/${finding.stage}`;
}
