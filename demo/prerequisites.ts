import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findBundle } from '../runner/bundle.js';
import { findNode24 } from '../scripts/node24.mjs';

/** What the demo runs, and with what. */
export interface Prerequisites {
  readonly bundle: string;
  /** Such as `v24.1.0`. */
  readonly nodeVersion: string;
}

/** Something is missing that the person at the keyboard can put right. */
export class MissingPrerequisite extends Error {}

/** @throws MissingPrerequisite where there is no bundle, or no Node 24 that runs here. */
export async function findPrerequisites(): Promise<Prerequisites> {
  const bundle = orMissing(findBundle);
  const node = orMissing(findNode24);
  try {
    const { stdout } = await promisify(execFile)(node, ['--version']);
    return { bundle, nodeVersion: stdout.trim() };
  } catch (error) {
    throw new MissingPrerequisite(`Node 24 (${node}) does not run here: ${wordsOf(error)}`);
  }
}

function orMissing(find: () => string): string {
  try {
    return find();
  } catch (error) {
    throw new MissingPrerequisite(wordsOf(error));
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
