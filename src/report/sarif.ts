import type { Log, ReportingDescriptor, Result, Run, Suppression } from 'sarif';
import { inCheckout } from '../model/finding.js';
import type { RuleDescription } from '../rules/rule.js';
import { clip } from './clip.js';
import { inJson, visible } from './escape.js';
import { describeTerm } from './exceptions.js';
import { nameApis, nameMethod, nameStage } from './place.js';
import type { Exception, Finding, Location, Report, ReportedApi, Severity } from './report.js';
import { fixInLine } from './snippet.js';

/** What a SARIF file needs beyond the report. */
export interface SarifSettings {
  readonly rules: readonly RuleDescription[];
  /** Where a live finding is anchored that has no line of its own: code scanning demands a location. */
  readonly fallback: Location;
  readonly version: string;
  /** URL of the page that explains the rules, each under an anchor of its own name. */
  readonly documentation: string;
  /** Tells several analyses of one commit apart; a later one replaces one of the same category. */
  readonly category: string;
  /** Results beyond this are left out, the least bad first, and counted in the run's properties. */
  readonly maxResults: number;
  /**
   * Whether what exceptions cover is there as suppressed results. Not in what is uploaded: code
   * scanning does not know `suppressions` and would open alerts for them
   * (https://github.com/github/codeql-action/issues/1230).
   */
  readonly withSuppressed: boolean;
}

/** "Results per run: 25,000", of which 5,000 are shown (GitHub Docs, "SARIF support for code scanning"). */
export const MAX_SARIF_RESULTS = 25_000;
export const MAX_SHOWN_SARIF_RESULTS = 5_000;

const MAX_MESSAGE_LENGTH = 2000;

/** Code scanning ranks alerts by it: over 9.0 is critical, 7.0 to 8.9 high, 4.0 to 6.9 medium. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = { error: '8.0', warning: '5.0' };

/** What a SARIF file tells of a finding. */
export interface SarifFinding {
  readonly finding: Finding;
  /** `GET /pets/{id} in orders/prod`; `''` where it is about no single place. */
  readonly place: string;
  readonly fingerprints: Readonly<Record<string, string>>;
  /** The kind of API that it is about, where it is about one. */
  readonly kind?: ReportedApi['kind'] | undefined;
  /** An exception covers it. */
  readonly suppression?: Suppression;
}

/** What a SARIF file is made of. */
export interface SarifContent {
  /** Worst first. */
  readonly findings: readonly SarifFinding[];
  /** How many there are besides. */
  readonly left: number;
  readonly hasBaseline: boolean;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** `report.sarif`: SARIF 2.1.0, one run, a result a finding with exactly one location, worst first. */
export function renderSarif(report: Report, settings: SarifSettings): string {
  const apiNames = nameApis(report.apis);
  const kinds = new Map<string | null, ReportedApi['kind']>(
    report.apis.map(({ id, kind }) => [id, kind]),
  );
  const tell = (finding: Finding): SarifFinding => ({
    finding,
    place: [nameMethod(finding), nameStage(finding, apiNames)]
      .filter((part) => part !== null)
      .join(' in '),
    kind: kinds.get(finding.api),
    fingerprints: {
      'apigwIamGate/v1': finding.fingerprint,
      ...(finding.targetFingerprint ? { 'apigwIamGate/v2': finding.targetFingerprint } : {}),
    },
  });
  const suppressed = settings.withSuppressed ? report.suppressed : [];
  return renderSarifOf(
    {
      findings: [
        ...report.findings.map(tell),
        ...suppressed.map(({ finding, exception }) => ({
          ...tell(finding),
          suppression: describeSuppression(report.exceptions[exception]),
        })),
      ],
      left: 0,
      hasBaseline: report.counts.known > 0,
      properties: {
        verdict: report.verdict,
        mode: report.mode,
        region: visible(report.region),
        ...report.counts,
      },
    },
    settings,
  );
}

/** A SARIF file of any findings: of more than `maxResults` the first, and the run says how many are left out. */
export function renderSarifOf(content: SarifContent, settings: SarifSettings): string {
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [describeRun(content, settings)],
  };
  return `${inJson(JSON.stringify(log, null, 1))}\n`;
}

function describeRun(
  { findings, left, hasBaseline, properties }: SarifContent,
  settings: SarifSettings,
): Run {
  const hashOf = lineHashes();
  const shown = findings
    .slice(0, settings.maxResults)
    .map((told) => describeResult(told, hashOf(told), settings, hasBaseline));
  const resultsInAll = findings.length + left;
  return {
    tool: {
      driver: {
        name: 'apigw-iam-gate',
        semanticVersion: settings.version,
        informationUri: settings.documentation,
        rules: listRules(shown, settings),
      },
    },
    automationDetails: { id: `${settings.category}/` },
    columnKind: 'utf16CodeUnits',
    results: shown,
    properties: { ...properties, resultsInAll, resultsLeftOut: resultsInAll - shown.length },
  };
}

/** The catalogue, and whatever rule a result has that the catalogue lacks. */
function listRules(results: readonly Result[], settings: SarifSettings): ReportingDescriptor[] {
  const known = new Set(settings.rules.map(({ id }) => id));
  const others = new Set(results.flatMap(({ ruleId }) => ruleId ?? []));
  return [
    ...settings.rules.map((rule) => describeRule(rule, settings.documentation)),
    ...[...others]
      .filter((id) => !known.has(id))
      .map((id) => ({ id, ...(PASCAL_CASE.test(pascalCase(id)) ? { name: pascalCase(id) } : {}) })),
  ];
}

const PASCAL_CASE = /^[A-Z][A-Za-z0-9]*$/;

/** `deployed-not-iam` as `DeployedNotIam`, as a rule's name shall be (SARIF 2.1.0, 3.49.7; sarif-multitool SARIF2012). */
function pascalCase(id: string): string {
  return id
    .split('-')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');
}

function describeRule(rule: RuleDescription, documentation: string): ReportingDescriptor {
  const sentence = `Holds when ${rule.holdsWhen}.`;
  const link = `${documentation}#${rule.id}`;
  return {
    id: rule.id,
    name: pascalCase(rule.id),
    shortDescription: { text: sentence },
    fullDescription: { text: sentence },
    help: {
      text: `${sentence} Cause and fix: ${link}`,
      markdown: `${sentence}\n\n[Cause and fix](${link})`,
    },
    helpUri: link,
    defaultConfiguration: { level: rule.severity },
    properties: {
      tags: ['security', 'external/cwe/cwe-306'],
      'security-severity': SECURITY_SEVERITY[rule.severity],
      precision: 'very-high',
    },
  };
}

/**
 * "Code scanning only uses the primaryLocationLineHash" (GitHub Docs, "SARIF support for code scanning",
 * `partialFingerprints`). A live finding has no line of its own, so that without it all findings of a rule were
 * one alert, which hides the others once it is dismissed. As GitHub's own, it ends with the number of the
 * occurrence.
 */
function lineHashes(): (told: SarifFinding) => string {
  const occurrences = new Map<string, number>();
  return ({ fingerprints }) => {
    // The second one tells accounts apart, too; without a target there is the first alone.
    const identity = fingerprints['apigwIamGate/v2'] ?? fingerprints['apigwIamGate/v1'] ?? '';
    const occurrence = (occurrences.get(identity) ?? 0) + 1;
    occurrences.set(identity, occurrence);
    return `${identity}:${occurrence}`;
  };
}

function describeResult(
  { finding, place, kind, fingerprints, suppression }: SarifFinding,
  primaryLocationLineHash: string,
  settings: SarifSettings,
  hasBaseline: boolean,
): Result {
  const ruleIndex = settings.rules.findIndex(({ id }) => id === finding.rule);
  const { file, line, column } = inCheckout(finding.location) ?? settings.fallback;
  return {
    ruleId: visible(finding.rule),
    ...(ruleIndex < 0 ? {} : { ruleIndex }),
    level: finding.known ? 'note' : finding.severity,
    message: { text: describeFinding(finding, place) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toRelativeUri(file), uriBaseId: '%SRCROOT%' },
          region: {
            startLine: Math.max(1, line),
            ...(column === undefined ? {} : { startColumn: column }),
          },
        },
      },
    ],
    partialFingerprints: { primaryLocationLineHash, ...fingerprints },
    ...(kind === undefined ? {} : { properties: { kind } }),
    ...(hasBaseline ? { baselineState: finding.known ? 'unchanged' : 'new' } : {}),
    ...(suppression === undefined ? {} : { suppressions: [suppression] }),
  };
}

/**
 * Plain text. In a message `[text](1)` is a link and `{0}` a placeholder (SARIF 2.1.0, 3.11.5 and
 * 3.11.6), so the brackets that AWS's names bring along are escaped as the standard says; a
 * placeholder is looked for only where there are arguments, and there are none.
 */
function describeFinding(finding: Finding, place: string): string {
  const words = fixInLine(finding);
  const fix = words === '' ? '' : ` Fix: ${words}`;
  const text = `${place === '' ? '' : `${place}: `}${finding.message}${fix}`;
  return clip(visible(text), MAX_MESSAGE_LENGTH).replace(/[\\[\]]/g, '\\$&');
}

/** A path in the repository as a URI without a scheme; `.` and `..` cannot leave it. */
function toRelativeUri(file: string): string {
  const segments = file.split(/[\\/]/).filter((part) => !['', '.', '..'].includes(part));
  return segments.map((part) => encodeURIComponent(part.toWellFormed())).join('/');
}

function describeSuppression(exception: Exception | undefined): Suppression {
  const justification =
    exception === undefined
      ? 'An exception of the policy file.'
      : `${exception.reason} (owner ${exception.owner}; ${describeTerm(exception)}${exception.expires === null ? '' : `, until ${exception.expires}`})`;
  return {
    kind: 'external',
    status: 'accepted',
    justification: clip(visible(justification), MAX_MESSAGE_LENGTH),
  };
}
