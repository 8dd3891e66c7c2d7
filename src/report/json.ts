import type { Report } from './report.js';

/** `report.json`: the whole report, in two-space JSON, with a final line break. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
