import { summarizeFleet, targetsById, titleFleetFinding } from '../fleet/answer.js';
import { BRIEF, SUMMARY } from '../fleet/document.js';
import { renderFleetMarkdown, renderFleetSarif } from '../fleet/render.js';
import type { FleetReport } from '../fleet/report.js';
import { annotateUnder } from '../report/annotations.js';
import { describeSince } from '../report/answer.js';
import { clip } from '../report/clip.js';
import { visible } from '../report/escape.js';
import { MAX_SARIF_RESULTS } from '../report/sarif.js';
import type { Delivered } from './delivered.js';

const MAX_TITLE_LENGTH = 200;

/** What is delivered of a fleet's report. */
export function ofFleet(report: FleetReport): Delivered {
  const { verdict, incomplete, counts, findings, findingsLeft, isAsked, scope } = report;
  const targets = targetsById(report);
  return {
    ...{ verdict, incomplete, counts, findings, findingsLeft, isAsked },
    mode: 'audit',
    dataFile: 'fleet.json',
    inOneLine: summarizeFleet(report),
    mostSarifResults: MAX_SARIF_RESULTS,
    // The same API id, or none, in several accounts: only a target tells them apart.
    identify: ({ targetFingerprint, fingerprint }) => targetFingerprint ?? fingerprint,
    annotate: (most) =>
      findings
        .slice(0, most)
        .map((finding) => annotateUnder(titleFleetFinding(finding, targets), finding)),
    markdown: (limitBytes, { links, isBrief = false, since }) =>
      renderFleetMarkdown(report, limitBytes, {
        links,
        since: since === undefined ? null : describeSince(since),
        most: isBrief ? BRIEF : SUMMARY,
      }),
    sarif: (settings) => renderFleetSarif(report, settings),
    driftTitle: () =>
      clip(visible(`API Gateway without IAM: the fleet of ${scope}`), MAX_TITLE_LENGTH),
  };
}
