import { statSync } from 'node:fs';
import * as core from '@actions/core';

/*
 * The files that the runner names for what a step leaves behind. Opening a named pipe waits until somebody
 * reads it, which may be for ever, and the toolkit does so in a call that nothing can interrupt.
 */

/** @throws Error where the runner's file cannot be written. */
export function setOutput(name: string, value: unknown): void {
  refuseWhatMayBlock('GITHUB_OUTPUT');
  core.setOutput(name, value);
}

/** @throws Error where the runner's file cannot be written. */
export function saveState(name: string, value: unknown): void {
  refuseWhatMayBlock('GITHUB_STATE');
  core.saveState(name, value);
}

/** @throws Error where the runner's file cannot be written. */
export async function writeSummary(markdown: string): Promise<void> {
  refuseWhatMayBlock('GITHUB_STEP_SUMMARY');
  await core.summary.addRaw(markdown, true).write();
}

/** Files, and devices such as `/dev/null`, are written at once; of a folder or of nothing the toolkit says so. */
function refuseWhatMayBlock(variable: string): void {
  const path = process.env[variable];
  if (path === undefined || path === '') return;
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found || found.isFile() || found.isCharacterDevice() || found.isDirectory()) return;
  throw new Error(`what ${variable} names is no regular file`);
}
