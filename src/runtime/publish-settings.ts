import type { Inputs } from '../inputs.js';
import type { ParsedContext } from '../publish/github/context.js';
import { keyOf } from '../publish/github/marker.js';
import type { PublishSettings } from '../publish/publish.js';
import type { Location } from '../report/report.js';
import { CATALOGUE } from '../rules/catalogue.js';
import { NAME, VERSION } from '../version.js';

/** Where a finding without a line of its own points: the workflow that asked, as far as it is told. */
const FALLBACK_FILE = '.github/workflows';

/** What the sinks say besides the report. */
export function publishSettings(inputs: Inputs, parsed: ParsedContext): PublishSettings {
  const context = parsed.ok ? parsed.context : null;
  const fallback: Location = { file: context?.workflowFile ?? FALLBACK_FILE, line: 1 };
  const audited = { region: inputs.region, apiIds: inputs.apiIds, stages: inputs.stages };
  return {
    ...inputs,
    audited,
    fallback,
    rules: CATALOGUE,
    version: VERSION,
    documentation: documentationUrl(),
    category: `${NAME}/${keyOf(audited)}`,
  };
}

/** The page about the rules, in the repository and at the version that the workflow named. */
function documentationUrl(): string {
  const server = process.env.GITHUB_SERVER_URL || 'https://github.com';
  const { GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = process.env;
  return repository && ref
    ? `${server}/${repository}/blob/${encodeURI(ref)}/docs/how-it-judges.md`
    : 'https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html';
}
