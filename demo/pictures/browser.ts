import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { marked } from 'marked';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Where Debian's package, and GitHub's runners, have a browser. */
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The path of a browser of this machine; `null` where there is none. */
export async function findBrowser(): Promise<string | null> {
  for (const path of [process.env.CHROMIUM_PATH ?? '', ...BROWSERS]) {
    if (
      path !== '' &&
      (await access(path)
        .then(() => true)
        .catch(() => false))
    )
      return path;
  }
  return null;
}

/** A page of a browser. */
export interface Screen {
  readonly width: number;
  readonly isDark?: boolean;
}

/** A browser of this machine, which reaches nothing. */
export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Opens HTML as a file, as somebody opens an artifact, on a page of its own. */
export async function withPage<T>(
  browser: Browser,
  html: string,
  { width, isDark = false }: Screen,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'report-page-'));
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: isDark ? 'dark' : 'light',
    offline: true,
  });
  try {
    const file = join(folder, 'report.html');
    await writeFile(file, html);
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    return await use(page);
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A job summary as GitHub shows it: GitHub-flavored Markdown with GitHub's own style. */
export async function pageOfSummary(markdown: string): Promise<string> {
  const style = await readFile(
    new URL(import.meta.resolve('github-markdown-css/github-markdown.css')),
    'utf8',
  );
  const body = marked.parse(markdown, { async: false, gfm: true });
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>${style}
body { margin: 0; background: var(--bgColor-default); }
.markdown-body { box-sizing: border-box; max-width: 980px; margin: 0 auto; padding: 24px; }
@media (max-width: 767px) { .markdown-body { padding: 16px; } }</style>
</head><body class="markdown-body">${body}</body></html>`;
}
