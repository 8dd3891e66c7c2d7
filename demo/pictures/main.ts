import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../../runner/bundle.js';
import { findPrerequisites } from '../prerequisites.js';
import { findBrowser, openBrowser, pageOfSummary, type Screen, withPage } from './browser.js';
import { audit, SAMPLES } from './samples.js';

/*
 * Takes the pictures of the README and of docs/: real audits of the shipped bundle against the local API
 * Gateway, as GitHub shows a job summary and as a browser shows report.html.
 */

const FOLDER = join(REPOSITORY, 'docs', 'pictures');
/** Most of a report is below what a picture shows. */
const HEIGHT = 940;

interface Picture extends Screen {
  readonly sample: (typeof SAMPLES)[number]['name'];
  readonly of: 'summary' | 'report';
}

const SHOWN: readonly Picture[] = [
  { sample: '12-methods', of: 'summary', width: 980 },
  { sample: '12-methods', of: 'summary', width: 375 },
  { sample: '300-methods', of: 'summary', width: 980 },
  { sample: '300-methods', of: 'report', width: 980 },
  { sample: '40-apis', of: 'summary', width: 980 },
  { sample: '40-apis', of: 'report', width: 980 },
  { sample: '40-apis', of: 'report', width: 375, isDark: true },
];

const path = await findBrowser();
if (path === null) throw new Error('There is no browser: apt-get install chromium');
const browser = await openBrowser(path);
const { bundle } = await findPrerequisites();
await mkdir(FOLDER, { recursive: true });
for (const sample of SAMPLES) {
  const { summary, html, exitCode } = await audit(sample, bundle);
  for (const { of, width, isDark = false } of SHOWN.filter((it) => it.sample === sample.name)) {
    const page = of === 'summary' ? await pageOfSummary(summary) : (html ?? '');
    const file = `${of}-${sample.name}-${width}${isDark ? '-dark' : ''}.png`;
    await withPage(browser, page, { width, isDark }, async (shown) => {
      const full = Number(await shown.evaluate('document.documentElement.scrollHeight'));
      const clip = { x: 0, y: 0, width, height: Math.min(full, HEIGHT) };
      await shown.screenshot({ path: join(FOLDER, file), clip, fullPage: true });
    });
  }
  console.info(
    `${sample.name}: exit code ${exitCode}, ${Buffer.byteLength(summary)} bytes of summary`,
  );
}
await browser.close();
