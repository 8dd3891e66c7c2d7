import type { TrueTarget, Truth } from '../../emulator/fleet/truth.js';
import type { FleetFile } from '../../src/fleet/report.js';

/** How many differences are told of each kind. */
const TOLD = 5;

/**
 * Holds a merged report against what is true of the fleet.
 *
 * @returns every difference; empty where the report says the truth and nothing else.
 */
export function compareWithTruth(report: FleetFile, truth: Truth): string[] {
  const found =
    report.verdict === truth.verdict
      ? []
      : [`the verdict is ${report.verdict}, and ${truth.verdict} is true`];
  const reported = new Map(
    report.targets.map((target) => [`${target.name} ${target.region}`, target]),
  );
  const leftOut = new Set(
    report.leftOut.map(({ name, region }) => (region === null ? name : `${name} ${region}`)),
  );
  const findings = findingsByTarget(report);
  for (const target of truth.targets) {
    const key = `${target.name} ${target.region}`;
    const { state, totals } = reported.get(key) ?? { state: 'absent', totals: null };
    const isLeftOut = leftOut.has(key) || leftOut.has(target.name);
    const got = state === 'absent' && isLeftOut ? 'left-out' : state;
    if (got !== target.expected) found.push(`${key} is ${got}, and ${target.expected} is true`);
    else if (got === 'read') found.push(...differences(key, target, totals, findings.get(key)));
    reported.delete(key);
    findings.delete(key);
  }
  for (const key of reported.keys()) found.push(`${key} is no target of the fleet`);
  for (const key of findings.keys()) found.push(`there are findings of ${key}, which is no target`);
  return found;
}

function differences(
  key: string,
  target: TrueTarget,
  totals: FleetFile['targets'][number]['totals'],
  got: readonly string[] = [],
): string[] {
  const found: string[] = [];
  if (totals?.apis !== target.apis)
    found.push(`${key} has ${totals?.apis} APIs, not ${target.apis}`);
  if (totals?.methods !== target.methods)
    found.push(`${key} has ${totals?.methods} methods, not ${target.methods}`);
  const isTold = new Set(got);
  const isTrue = new Set(target.findings);
  if (isTold.size < got.length) found.push(`${key} has a finding twice`);
  const missing = target.findings.filter((finding) => !isTold.has(finding));
  const wrong = got.filter((finding) => !isTrue.has(finding));
  for (const finding of missing.slice(0, TOLD)) found.push(`${key} lacks "${finding}"`);
  for (const finding of wrong.slice(0, TOLD)) found.push(`${key} has "${finding}" wrongly`);
  return found;
}

/** `rule api METHOD path stage` of every finding about an API, by target. */
function findingsByTarget(report: FleetFile): Map<string, string[]> {
  const titles = new Map(report.targets.map(({ id, name, region }) => [id, `${name} ${region}`]));
  const found = new Map<string, string[]>();
  for (const { target, rule, api, method, path, stage } of report.findings) {
    // That a target was not read is told by its state.
    if (api === null) continue;
    const key = titles.get(target ?? '') ?? 'nobody';
    const all = found.get(key) ?? [];
    all.push(`${rule} ${api} ${method} ${path} ${stage ?? '-'}`);
    found.set(key, all);
  }
  return found;
}

/** A report without what differs from run to run: times, and the plan's digest, which covers one. */
export function withoutTimes(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, 'TIME')
    .replace(/("plan": \{\s*"id": ")[0-9a-f]{64}/, '$1DIGEST');
}
