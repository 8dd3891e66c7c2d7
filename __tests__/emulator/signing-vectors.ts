import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { WireRequest } from '../../emulator/http.js';

const suite = z.object({
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  region: z.string(),
  service: z.string(),
  timestamp: z.string(),
  cases: z.array(
    z.object({
      name: z.string(),
      normalise: z.boolean(),
      omitSessionToken: z.boolean(),
      sessionToken: z.string().optional(),
      canonicalRequest: z.string(),
      stringToSign: z.string(),
      signature: z.string(),
      signedRequest: z.string(),
    }),
  ),
});

/** AWS's Signature Version 4 test suite; see NOTICE. */
export const vectors = suite.parse(
  JSON.parse(readFileSync(new URL('./sigv4-vectors.json', import.meta.url), 'utf8')),
);

/** Reads a request as the suite writes it: folded header lines, no space needed after the colon. */
export function parseRequest(text: string): WireRequest {
  const blank = text.indexOf('\n\n');
  const [requestLine = '', ...lines] = text.slice(0, blank).split('\n');
  const [, method = '', target = ''] = /^(\S+) (.*) HTTP\/1\.1$/.exec(requestLine) ?? [];
  const [rawPath = '', rawQuery = ''] = target.split('?');
  const headers: [string, string][] = [];
  for (const line of lines) {
    const last = headers.at(-1);
    if (/^\s/.test(line) && last !== undefined) last[1] += `\n${line}`;
    else
      headers.push([
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1),
      ]);
  }
  return { method, rawPath, rawQuery, headers, body: Buffer.from(text.slice(blank + 2), 'utf8') };
}
