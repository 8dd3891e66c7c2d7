import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SarifSettings } from '../report/sarif.js';
import { formatNumber } from '../report/wording.js';
import type { Delivered } from './delivered.js';
import type { GitHub } from './github/client.js';
import type { GitHubContext } from './github/context.js';
import type { Need } from './github/failure.js';
import { refuseNothingNamed } from './github/listed.js';

export const CODE_SCANNING_NEED: Need = {
  what: 'The upload to code scanning',
  permission: 'security-events: write',
  absent: 'code scanning is not enabled for this repository, or the commit is unknown',
};

/** "The SARIF file must be 10 MB or smaller" when it is compressed (GitHub Docs, "SARIF support"). */
const MAX_GZIPPED_BYTES = 10 * 1000 * 1000;

/**
 * Sends the findings to code scanning, for the commit and the ref of the run. What exceptions cover
 * is not sent, and of more than code scanning shows only the worst.
 *
 * @returns what happened, in a line for the log.
 */
export async function publishToCodeScanning(
  report: Delivered,
  settings: Omit<SarifSettings, 'maxResults' | 'withSuppressed'>,
  context: GitHubContext,
  github: GitHub,
): Promise<string> {
  const { body, results } = await packSarif(report, settings, MAX_GZIPPED_BYTES);
  const { data } = await github.rest.codeScanning.uploadSarif({
    ...context.repository,
    commit_sha: context.sha,
    ref: context.ref,
    sarif: body.toString('base64'),
    tool_name: 'apigw-iam-gate',
  });
  refuseNothingNamed(data.id);
  const all = report.findings.length + report.findingsLeft;
  const sent = Math.min(results, report.findings.length);
  return `upload-sarif: ${formatNumber(sent)} of ${formatNumber(all)} findings sent`;
}

/**
 * The findings as gzipped SARIF of at most `maxBytes`. The number of results is halved until it fits,
 * so the least bad are left out; texts that do not compress are rare.
 */
export async function packSarif(
  report: Pick<Delivered, 'sarif' | 'mostSarifResults'>,
  settings: Omit<SarifSettings, 'maxResults' | 'withSuppressed'>,
  maxBytes: number,
): Promise<{ body: Buffer; results: number }> {
  for (let results = report.mostSarifResults; ; results = Math.floor(results / 2)) {
    const sarif = report.sarif({ ...settings, maxResults: results, withSuppressed: false });
    const body = await promisify(gzip)(sarif);
    if (body.length <= maxBytes || results === 0) return { body, results };
  }
}
