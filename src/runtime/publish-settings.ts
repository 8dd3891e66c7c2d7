import { judgesApis } from '../inputs/inputs.js';
import type { Inputs } from '../inputs/table.js';
import { API_KINDS } from '../model/api-kind.js';
import { documentationUrl, linksOf } from '../publish/documentation.js';
import type { ParsedContext } from '../publish/github/context.js';
import { keyOf, ownerOf } from '../publish/github/marker.js';
import type { PublishSettings } from '../publish/publish.js';
import type { Location, Report } from '../report/report.js';
import { RULES } from '../rules/index.js';
import { NAME, VERSION } from '../version.js';

/** Where a finding without a line of its own points: the workflow that asked, where its file is known. */
const FALLBACK_FILE = '.github/workflows';

/**
 * What the sinks say besides the report.
 *
 * @param bundle the file that runs, in `dist` of the action.
 */
export function publishSettings(
  inputs: Inputs,
  parsed: ParsedContext,
  report: Report,
  bundle: string = process.argv[1] ?? '',
): PublishSettings {
  const context = parsed.ok ? parsed.context : null;
  const fallback: Location = { file: context?.workflowFile ?? FALLBACK_FILE, line: 1 };
  const { region, apiIds, apiTypes, stages, endpointUrl } = inputs;
  const { templates, planFile, parameters } = inputs;
  const isLive = judgesApis(inputs);
  // Files have no account: what names them tells one check of them from another.
  const owner = isLive
    ? ownerOf(report)
    : `files:${JSON.stringify([templates, planFile, parameters])}`;
  const audited = {
    ...{ region: isLive ? region : '', apiIds, stages, owner },
    // Of two audits that look at different kinds, or at different endpoints, neither speaks for the other.
    ...(isLive && apiTypes.length < API_KINDS.length ? { apiTypes } : {}),
    ...(isLive && endpointUrl !== null ? { endpointUrl } : {}),
  };
  const documentation = documentationUrl(process.env, bundle);
  return {
    ...inputs,
    // The issue is about what is live; a pull request's files must neither open nor close it.
    driftIssue: inputs.driftIssue && isLive,
    environment: process.env,
    audited,
    fallback,
    rules: RULES,
    version: VERSION,
    documentation,
    links: linksOf(context, documentation, process.env),
    category: `${NAME}/${keyOf(audited)}`,
    begunAtMs: performance.timeOrigin,
  };
}
