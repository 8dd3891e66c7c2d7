import { nameOfKind } from '../model/api-kind.js';
import { type Annotation, annotateFinding } from '../report/annotations.js';
import type { Since } from '../report/answer.js';
import { wasAsked } from '../report/asked.js';
import { clip } from '../report/clip.js';
import type { Links } from '../report/document/links.js';
import { visible } from '../report/escape.js';
import { renderMarkdown } from '../report/markdown.js';
import { nameApis } from '../report/place.js';
import type { Report } from '../report/report.js';
import { MAX_SHOWN_SARIF_RESULTS, renderSarif, type SarifSettings } from '../report/sarif.js';
import { summarizeInOneLine } from '../report/summary-line.js';
import type { Drifting } from './drift.js';
import type { AuditedSet } from './github/marker.js';

/** What is delivered, whether it is the report of a run or that of a fleet. */
export interface Delivered extends Drifting {
  readonly mode: Report['mode'];
  readonly counts: Pick<Report['counts'], 'methods' | 'warnings'>;
  /** How many findings there are besides. */
  readonly findingsLeft: number;
  readonly inOneLine: string;
  /** The file that holds all of them. */
  readonly dataFile: string;
  /** Results that are sent to code scanning at the most. */
  readonly mostSarifResults: number;
  /** The worst findings, as annotations. */
  annotate(most: number): readonly Annotation[];
  markdown(
    limitBytes: number,
    view: { readonly links: Links; readonly isBrief?: boolean; readonly since?: Since },
  ): string;
  sarif(settings: SarifSettings): string;
  driftTitle(audited: AuditedSet): string;
}

const MAX_TITLE_LENGTH = 200;

/** What is delivered of a run's report. */
export function ofReport(report: Report): Delivered {
  const { verdict, incomplete, mode, counts, findings } = report;
  return {
    ...{ verdict, incomplete, mode, counts, findings },
    isAsked: report.methods.some(wasAsked),
    findingsLeft: 0,
    dataFile: 'report.json',
    inOneLine: summarizeInOneLine(report),
    mostSarifResults: MAX_SHOWN_SARIF_RESULTS,
    annotate: (most) => {
      const apiNames = nameApis(report.apis);
      return findings.slice(0, most).map((finding) => annotateFinding(finding, apiNames));
    },
    markdown: (limitBytes, view) => renderMarkdown(report, limitBytes, view),
    sarif: (settings) => renderSarif(report, settings),
    driftTitle: (audited) => titleOf(report, audited),
  };
}

function titleOf({ apis, target }: Report, audited: AuditedSet): string {
  const { apiIds, apiTypes, endpointUrl, region } = audited;
  const names = apis.map(({ id, name }) => (name === '' ? id : `${name} (${id})`)).join(', ');
  // Ids tell whose APIs they are; "every API" is the same in every account.
  const whose = target?.account ? ` of account ${target.account}` : '';
  const every = `every ${apiTypes?.map(nameOfKind).join(' and ') ?? 'API'}${whose}`;
  const which = apiIds === '*' ? every : names || apiIds.join(', ');
  const where = endpointUrl === undefined ? '' : ` at ${endpointUrl}`;
  // Making it visible makes it longer.
  return clip(visible(`API Gateway without IAM: ${which} in ${region}${where}`), MAX_TITLE_LENGTH);
}
