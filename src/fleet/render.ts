import { inJson } from '../report/escape.js';
import { renderPage } from '../report/html/page.js';
import { fitBlocks } from '../report/markdown/fit.js';
import { blockOf, headingOf, paragraphsOf } from '../report/markdown/parts.js';
import { nameMethod } from '../report/place.js';
import { renderSarifOf, type SarifSettings } from '../report/sarif.js';
import { placeOfFinding, targetsById } from './answer.js';
import { type FleetView, fleetDocumentOf } from './document.js';
import type { FleetHead, FleetReport } from './report.js';

/** `fleet.md`: Markdown of at most `limitBytes`, shortened as the report of a single run is. */
export function renderFleetMarkdown(
  report: FleetReport,
  limitBytes: number,
  view: FleetView,
): string {
  const { headline, lead, parts } = fleetDocumentOf(report, view);
  const top = `${headingOf(headline)}\n\n${paragraphsOf(lead)}`;
  return fitBlocks(top, parts.map(blockOf), limitBytes, '`fleet.json`');
}

/** `fleet.html`, piece by piece: a page with every account, to be filtered by account, rule and verdict. */
export function renderFleetHtml(report: FleetReport, view: FleetView): Generator<string> {
  const names = new Map(report.targets.map(({ account, name }) => [account, name]));
  return renderPage({
    verdict: report.verdict,
    ...fleetDocumentOf(report, view),
    subjects: { title: 'Account', ids: [...names.keys()], nameOf: (id) => names.get(id) ?? id },
    dataFile: 'fleet.json',
  });
}

/** `fleet.sarif`: the worst findings of all targets in one run; what is left out is counted there. */
export function renderFleetSarif(report: FleetReport, settings: SarifSettings): string {
  const targets = targetsById(report);
  const { verdict, counts, findings, findingsLeft } = report;
  return renderSarifOf(
    {
      findings: findings.map((finding) => ({
        finding,
        place: [nameMethod(finding), placeOfFinding(finding, targets)]
          .filter((part) => part !== null)
          .join(' in '),
        // That of its target alone: without it, the same API id and path of two accounts were one.
        fingerprints: { 'apigwIamGate/v2': finding.targetFingerprint ?? finding.fingerprint },
      })),
      left: findingsLeft,
      hasBaseline: counts.known > 0,
      properties: { verdict, mode: 'audit', ...counts },
    },
    settings,
  );
}

/**
 * `fleet.json` around its findings, which may be more than fit into memory: what precedes them and what
 * follows.
 */
export function frameOfFleetJson(head: FleetHead): {
  readonly before: string;
  readonly after: string;
} {
  const text = inJson(JSON.stringify(head, null, 1));
  return { before: `${text.slice(0, -'\n}'.length)},\n "findings": [`, after: '\n ]\n}\n' };
}
