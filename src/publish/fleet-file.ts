import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { findLink, ignoreSystemError, isSystemError, makeFolder } from '../files/folder.js';
import { frameOfFleetJson } from '../fleet/render.js';
import type { FleetFinding, FleetHead } from '../fleet/report.js';
import { inJson } from '../report/escape.js';
import type { WrittenFile } from './files.js';

/** The files of a fleet's report. */
export const FLEET_FILES = {
  json: 'fleet.json',
  markdown: 'fleet.md',
  html: 'fleet.html',
  sarif: 'fleet.sarif',
} as const;

/** What an earlier merge left, or one that was killed while it wrote. */
function isOurs(name: string): boolean {
  return /^fleet\.(?:json|md|html|sarif)(?:\.[0-9a-f-]{36}\.tmp)?$/.test(name);
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `fleet.json` as it grows. What goes wrong is kept and told at the end: it stops no merge. */
export interface FleetFile {
  add(findings: readonly FleetFinding[]): Promise<void>;
  /** Puts the findings between the rest, and gives the file its name. */
  finish(head: FleetHead): Promise<WrittenFile>;
}

/**
 * Begins a `fleet.json`, with what an earlier merge left taken away. Findings go to a file of their own
 * while the reports are read, since what precedes them is known only at the end: so they need no memory,
 * however many there are.
 */
export async function openFleetFile(folder: string, environment: Environment): Promise<FleetFile> {
  const path = join(folder, FLEET_FILES.json);
  const unfinished = `${path}.${randomUUID()}.tmp`;
  const ofFindings = `${path}.${randomUUID()}.tmp`;
  let file: FileHandle | null = null;
  let isEmpty = true;
  let problem: string | null = null;
  const attempt = async (write: () => Promise<void>): Promise<void> => {
    if (problem !== null) return;
    try {
      await write();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      problem = error.message;
    }
  };

  const link = await findLink(folder, environment);
  if (link !== null) {
    problem = `${link} is a link, and nothing is written through one. Name the folder that it leads to in report-dir`;
  }
  await attempt(async () => {
    await makeFolder(folder);
    for (const name of await readdir(folder)) {
      if (isOurs(name)) await rm(join(folder, name), { force: true });
    }
    file = await open(ofFindings, 'wx');
  });
  return {
    add: (findings) =>
      attempt(async () => {
        if (findings.length === 0) return;
        const lines = findings.map((finding) => `\n  ${inJson(JSON.stringify(finding))}`).join(',');
        await file?.appendFile(isEmpty ? lines : `,${lines}`);
        isEmpty = false;
      }),
    async finish(head) {
      await attempt(async () => {
        await file?.close();
        const { before, after } = frameOfFleetJson(head);
        await pipeline(
          async function* () {
            yield before;
            yield* createReadStream(ofFindings);
            yield after;
          },
          createWriteStream(unfinished, { flags: 'wx' }),
        );
        await rename(unfinished, path);
      });
      for (const left of [ofFindings, unfinished]) {
        await rm(left, { force: true }).catch(ignoreSystemError);
      }
      return problem === null ? { path } : { problem };
    },
  };
}
