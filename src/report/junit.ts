import { ruleOf } from '../rules/index.js';
import { clip } from './clip.js';
import { judgedOf } from './document/judged.js';
import { inXml } from './escape.js';
import { nameApis, nameMethod, nameStage } from './place.js';
import type { Finding, Report, ReportedMethod } from './report.js';
import { fixInLine } from './snippet.js';

const MAX_TEXT_LENGTH = 2000;
const MAX_NAME_LENGTH = 500;

/** The suite of what is about no single method, such as an API that could not be read. */
const GATE_SUITE = 'apigw-iam-gate';

type TestOutcome = 'passed' | 'failed' | 'error' | 'skipped';

interface TestCase {
  readonly suite: string;
  readonly name: string;
  readonly outcome: TestOutcome;
  /** What it says; the first is the worst. */
  readonly findings: readonly Finding[];
}

/**
 * `report.junit.xml`: a suite a stage, a case a method. A method that fails is a `failure`, one that
 * could not be judged an `error`, an excepted one `skipped`. Findings about no single method are cases
 * of a suite of their own, so that none is lost. The format is the one that Ant's JUnit task wrote
 * first and that CI systems read, within Jenkins' schema of it (jenkinsci/xunit-plugin,
 * junit-10.xsd); one outcome a case.
 */
export function renderJunit(report: Report): string {
  const apiNames = nameApis(report.apis);
  const byMethod = groupByMethod(report.findings);
  const suiteOf = (of: Pick<Finding, 'api' | 'stage'>): string =>
    nameStage(of, apiNames) ?? GATE_SUITE;
  const cases: TestCase[] = [
    ...judgedOf(report).methods.map(({ method }) => ({
      suite: suiteOf(method),
      name: nameMethod(method) ?? '',
      outcome: outcomeOf(method),
      findings: findingsOn(method, byMethod),
    })),
    ...report.findings
      .filter(({ method, path }) => method === null || path === null)
      .map((finding) => ({
        suite: GATE_SUITE,
        name: [finding.rule, suiteOf(finding)].filter((part) => part !== GATE_SUITE).join(' '),
        outcome: outcomeOfFinding(finding, report),
        findings: [finding],
      })),
  ];
  // What the baseline knows of a stage is no finding that says why nothing proves it.
  if (report.verdict === 'incomplete' && countOf(cases, 'error') === 0) {
    cases.push({ suite: GATE_SUITE, name: 'verdict incomplete', outcome: 'error', findings: [] });
  }
  const suites = Map.groupBy(cases, ({ suite }) => suite);
  const kinds = new Map(report.methods.map((method) => [suiteOf(method), method.kind] as const));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="apigw-iam-gate" ${countRun(cases)}>`,
    ...[...suites].flatMap(([name, own]) => renderSuite(name, own, report, kinds.get(name))),
    '</testsuites>',
    '',
  ].join('\n');
}

/** Findings about a method, by API, method and path; a finding without a stage is about them all. */
function groupByMethod(findings: readonly Finding[]): Map<string, Finding[]> {
  return Map.groupBy(findings, ({ api, method, path }) => JSON.stringify([api, method, path]));
}

function findingsOn(method: ReportedMethod, byMethod: Map<string, Finding[]>): Finding[] {
  const group = byMethod.get(JSON.stringify([method.api, method.method, method.path])) ?? [];
  return group.filter(({ stage }) => stage === null || stage === method.stage);
}

function outcomeOf({ verdict, excepted }: ReportedMethod): TestOutcome {
  if (verdict === 'fail') return 'failed';
  if (verdict === 'incomplete') return 'error';
  return excepted ? 'skipped' : 'passed';
}

/** What leaves a stage unproven is a warning, and the reason why a report is incomplete. */
function outcomeOfFinding(finding: Finding, { incomplete }: Report): TestOutcome {
  const { severity, known } = finding;
  const when = ruleOf(finding)?.makesIncomplete;
  if (when === 'always' || (when === 'unless-proven' && incomplete)) return 'error';
  return known || severity === 'warning' ? 'passed' : 'failed';
}

/** The totals that `testsuites` may have: the schema knows `skipped` on a suite alone. */
function countRun(cases: readonly TestCase[]): string {
  return `tests="${cases.length}" failures="${countOf(cases, 'failed')}" errors="${countOf(cases, 'error')}"`;
}

function countCases(cases: readonly TestCase[]): string {
  return `${countRun(cases)} skipped="${countOf(cases, 'skipped')}"`;
}

function countOf(cases: readonly TestCase[], outcome: TestOutcome): number {
  return cases.filter((it) => it.outcome === outcome).length;
}

function renderSuite(
  name: string,
  cases: readonly TestCase[],
  report: Report,
  kind: ReportedMethod['kind'],
): string[] {
  const { verdict, mode, region, counts } = report;
  const properties = { verdict, mode, region, ...(kind === undefined ? {} : { kind }), ...counts };
  const lines = Object.entries(properties).map(
    ([key, value]) => `      <property name="${key}" value="${inXml(String(value))}"/>`,
  );
  return [
    `  <testsuite name="${inXml(clip(name, MAX_NAME_LENGTH))}" ${countCases(cases)}>`,
    '    <properties>',
    ...lines,
    '    </properties>',
    ...cases.map(renderCase),
    '  </testsuite>',
  ];
}

function renderCase({ suite, name, outcome, findings }: TestCase): string {
  const named = `name="${inXml(clip(name, MAX_NAME_LENGTH))}" classname="${inXml(clip(suite, MAX_NAME_LENGTH))}"`;
  const text = findings.map(describe).join('\n');
  const inside = renderOutcome(outcome, findings[0], text);
  return inside === '' ? `    <testcase ${named}/>` : `    <testcase ${named}>${inside}</testcase>`;
}

function renderOutcome(outcome: TestOutcome, worst: Finding | undefined, text: string): string {
  const said = `message="${inXml(clip(worst?.message ?? 'see the report', MAX_TEXT_LENGTH))}"`;
  const type = `type="${inXml(worst?.rule ?? outcome)}"`;
  switch (outcome) {
    case 'failed':
      return `<failure ${said} ${type}>${text}</failure>`;
    case 'error':
      return `<error ${said} ${type}>${text}</error>`;
    case 'skipped':
      return '<skipped message="an exception of the policy file covers it"/>';
    case 'passed':
      return text === '' ? '' : `<system-out>${text}</system-out>`;
  }
}

function describe(finding: Finding): string {
  const { rule, severity, known, message } = finding;
  const fix = fixInLine(finding);
  const level = known ? `known ${severity}` : severity;
  const parts = [`${level} ${rule}: ${message}`, ...(fix === '' ? [] : [`Fix: ${fix}`])];
  return parts.map((part) => inXml(clip(part, MAX_TEXT_LENGTH))).join('\n');
}
