import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../../runner/bundle.js';
import { findPrerequisites } from '../prerequisites.js';
import { findBrowser, openBrowser, pageOfSummary, withPage } from './browser.js';
import { audit, SAMPLES } from './samples.js';

/*
 * Takes the pictures of the README and of docs/: real audits of the shipped bundle against the local API
 * Gateway, as GitHub shows a job summary and as a browser shows report.html.
 */

const FOLDER = join(REPOSITORY, 'docs', 'pictures');
/** Most of a report is below what a picture shows. */
const HEIGHT = 1100;

const path = await findBrowser();
if (path === null) throw new Error('There is no browser: apt-get install chromium');
const browser = await openBrowser(path);
const { bundle } = await findPrerequisites();
await mkdir(FOLDER, { recursive: true });
for (const sample of SAMPLES) {
  const { summary, html, exitCode } = await audit(sample, bundle);
  const pages = [
    { name: 'summary', page: await pageOfSummary(summary) },
    { name: 'report', page: html ?? '' },
  ];
  for (const { name, page } of pages) {
    for (const width of [980, 375]) {
      for (const isDark of [false, true]) {
        const file = `${name}-${sample.name}-${width}${isDark ? '-dark' : ''}.png`;
        await withPage(browser, page, { width, isDark }, async (shown) => {
          const full = Number(await shown.evaluate('document.documentElement.scrollHeight'));
          await shown.screenshot({
            path: join(FOLDER, file),
            clip: { x: 0, y: 0, width, height: Math.min(full, HEIGHT) },
            fullPage: true,
          });
        });
      }
    }
  }
  console.info(
    `${sample.name}: exit code ${exitCode}, ${Buffer.byteLength(summary)} bytes of summary`,
  );
}
await browser.close();
