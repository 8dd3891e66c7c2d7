import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import {
  findBrowser,
  openBrowser,
  pageOfSummary,
  type Screen,
  withPage,
} from '../../demo/pictures/browser.js';
import { audit, SAMPLES, type Sample } from '../../demo/pictures/samples.js';
import { readSeed } from '../../emulator/seed.js';
import { REPOSITORY } from '../../runner/bundle.js';
import type { StepResult } from '../../runner/run-action.js';
import { BUNDLE } from '../scenarios/kit.js';

/*
 * The report as a reader sees it: real audits of the bundle, as report.html and as GitHub shows the job
 * summary, in a browser.
 */

const found = await findBrowser();

/** Why there may be none, as the set-up of CI found out; in CI nothing else is a reason to skip. */
const reason =
  process.env.NO_BROWSER || (process.env.CI ? '' : 'install one: apt-get install chromium');
const isSkipped = found === null && reason !== '';
const why = isSkipped ? ` (skipped, there is no browser: ${reason})` : '';

const HOSTILE: Sample = {
  name: '12-methods',
  words: 'names that mean something to a browser',
  seed: () => readSeed(join(REPOSITORY, 'emulator', 'seeds', 'hostile.json')),
  inputs: { 'api-id': '*', 'smoke-test': 'false' },
};

/** Nothing listens there, so that the longest words of all meet the longest names that are not broken. */
const UNREACHABLE: Sample = {
  name: '12-methods',
  words: 'an API that nobody reaches',
  seed: async () => ({
    apis: [
      {
        id: 'a1b2c3d4e5',
        name: 'orders',
        methods: { 'GET /addresses': { auth: 'AWS_IAM' }, 'GET /customers': { auth: 'AWS_IAM' } },
        deployments: [{ id: 'dep1' }],
        stages: { prod: { deployment: 'dep1' } },
      },
    ],
  }),
  inputs: { 'api-id': '*', 'endpoint-url': 'http://127.0.0.1:9/{api-id}/{stage}' },
};

const TAKEN = [...SAMPLES, HOSTILE, UNREACHABLE];

const SCREENS: readonly Screen[] = [
  { width: 980 },
  { width: 375 },
  { width: 980, isDark: true },
  { width: 375, isDark: true },
];

(isSkipped ? describe.skip : describe)(`the report in a browser${why}`, () => {
  const results = new Map<Sample, StepResult>();
  let opened: Browser | null = null;
  const browser = (): Browser => {
    if (opened === null) throw new Error('There is no browser, and CI must have one: see .ci/run');
    return opened;
  };
  beforeAll(async () => {
    opened = found === null ? null : await openBrowser(found);
    await Promise.all(
      TAKEN.map(async (sample) => results.set(sample, await audit(sample, BUNDLE))),
    );
  });
  afterAll(() => opened?.close());
  const resultOf = (sample: Sample): StepResult => {
    const result = results.get(sample);
    if (result?.html == null) throw new Error(`no report of ${sample.words}`);
    return result;
  };
  const pageOf = (sample: Sample): string => resultOf(sample).html ?? '';

  test.each(TAKEN)('$words: nothing is cut off, in both widths', async (sample) => {
    const { summary } = resultOf(sample);
    for (const page of [pageOf(sample), await pageOfSummary(summary)]) {
      for (const screen of SCREENS) {
        await withPage(browser(), page, screen, async (shown) => {
          expect(await cutOff(shown)).toEqual([]);
          expect(await lowestContrast(shown)).toBeGreaterThanOrEqual(4.5);
        });
      }
    }
  });

  test('hostile names are text: nothing runs, nothing is loaded, nothing is added', async () => {
    await withPage(browser(), '', { width: 980 }, async (page) => {
      const events: string[] = [];
      page.on('dialog', (dialog) => {
        events.push(dialog.message());
        void dialog.dismiss();
      });
      page.on('console', (message) => events.push(message.text()));
      page.on('pageerror', (error) => events.push(String(error)));
      page.on('request', (request) => events.push(request.url()));
      await page.setContent(pageOf(HOSTILE));
      expect(events).toEqual([]);
      expect(await page.locator('script, img, iframe, object, embed').count()).toBe(1);
      expect(await page.locator('body').innerText()).toContain('<script>');
    });
  });

  test('its policy stops a script that is not its own, and every request', async () => {
    await withPage(browser(), pageOf(HOSTILE), { width: 980 }, async (page) => {
      await page.evaluate(`(() => {
        const script = document.createElement('script');
        script.textContent = 'window.wasRun = true';
        document.body.append(script);
        const picture = document.createElement('img');
        picture.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
        picture.onload = () => { window.wasLoaded = true; };
        document.body.append(picture);
      })()`);
      await page.evaluate('new Promise((resolve) => setTimeout(resolve, 50))');
      expect(await page.evaluate('[window.wasRun, window.wasLoaded]')).toEqual([
        undefined,
        undefined,
      ]);
    });
  });

  test('a reader filters by API, rule and verdict, and sees how many lines there are', async () => {
    const region = SAMPLES.find(({ name }) => name === '40-apis');
    if (region === undefined) throw new Error('there is no region');
    await withPage(browser(), pageOf(region), { width: 980 }, async (page) => {
      const methods = page.locator('tr[data-state]:visible', { hasText: /^(?!.*REST)/ });
      await page.getByLabel('Verdict').selectOption('open');
      expect(await methods.allInnerTexts()).toHaveLength(4);
      await page.getByLabel('API').selectOption({ label: 'shop-mail' });
      expect(await methods.allInnerTexts()).toHaveLength(2);
      await page.getByLabel('Rule').selectOption({ label: 'unsigned-accepted' });
      expect(await methods.allInnerTexts()).toEqual([expect.stringContaining('GET /orders')]);
      expect(await page.locator('output').innerText()).toMatch(/^1 of \d+ lines shown$/);
      expect(await page.getByRole('heading', { name: 'Notes' }).isVisible()).toBe(false);
      await page.getByRole('button', { name: 'Show all' }).click();
      expect(await page.locator('output').innerText()).toBe('');
      expect(await page.getByRole('heading', { level: 2 }).count()).toBeGreaterThan(5);
    });
  });

  test('the table of APIs leads to their sections', async () => {
    const region = SAMPLES.find(({ name }) => name === '40-apis');
    if (region === undefined) throw new Error('there is no region');
    await withPage(browser(), pageOf(region), { width: 980 }, async (page) => {
      const targets = await page.evaluate(
        `[...document.querySelectorAll('a[href^="#"]')].map((it) => document.querySelector(it.getAttribute('href'))?.querySelector('h2')?.textContent ?? null)`,
      );
      expect(targets).toEqual([
        expect.stringContaining('shop-mail'),
        expect.stringContaining('internal-search'),
        expect.stringContaining('mobile-tax'),
        expect.stringContaining('partners-search'),
        expect.stringContaining('mobile-billing'),
      ]);
    });
  });
});

/** Whatever is wider than what it stands in, also in what is folded. */
function cutOff(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    for (const fold of document.querySelectorAll('details')) fold.open = true;
    const wide = (it) => it.scrollWidth > it.clientWidth + 1;
    const all = [document.documentElement, ...document.querySelectorAll('table, p, li')];
    return all.filter(wide).map((it) => it.tagName + ': ' + it.textContent.slice(0, 80));
  })()`);
}

/** The lowest contrast of the text of a page with what it stands on (WCAG 2.2, "relative luminance"). */
async function lowestContrast(page: Page): Promise<number> {
  const contrast = await page.evaluate(`(() => {
    const rgb = (color) => {
      const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
      return { r, g, b, a };
    };
    const behind = (element) => {
      for (let it = element; it; it = it.parentElement) {
        const color = rgb(getComputedStyle(it).backgroundColor);
        if (color.a === 1) return color;
      }
      return rgb(matchMedia('(prefers-color-scheme: dark)').matches ? 'rgb(0,0,0)' : 'rgb(255,255,255)');
    };
    const light = ({ r, g, b }) => {
      const [x, y, z] = [r, g, b].map((it) => it / 255).map((it) => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4);
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    let lowest = 21;
    for (const element of document.querySelectorAll('h1, h2, h3, p, td, th, li, a, summary, label, footer, strong')) {
      if (element.textContent.trim() === '') continue;
      const [front, back] = [light(rgb(getComputedStyle(element).color)), light(behind(element))];
      lowest = Math.min(lowest, (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05));
    }
    return lowest;
  })()`);
  return Number(contrast);
}
