import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Mutant as StrykerMutant } from '@stryker-mutator/api/core';
import type { Logger } from '@stryker-mutator/api/logging';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { APART } from './folders.js';

/** A change to the source, and where it is made. */
export interface Mutant {
  readonly id: string;
  /** The file, from the root of the project. */
  readonly file: string;
  readonly line: number;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
}

/** Sources that hold every mutant behind a switch, and what the switches do. */
export interface Mutated {
  readonly mutants: readonly Mutant[];
  /** The instrumented text of each file, by its path from the root of the project. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Makes all mutants of the TypeScript files below these folders. */
export async function mutate(root: string, folders: readonly string[]): Promise<Mutated> {
  const texts = new Map<string, string>();
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const path = join(entry.parentPath, entry.name);
      const name = relative(root, path);
      if (APART.some((apart) => name.startsWith(`${apart}/`) && !folder.startsWith(apart)))
        continue;
      texts.set(name, await readFile(path, 'utf8'));
    }
  }
  const files = [...texts].sort().map(([name, content]) => ({ name, content, mutate: true }));
  const options = { plugins: null, excludedMutations: [], ignorers: [] };
  const result = await new Instrumenter(SILENT).instrument(files, options);
  return {
    mutants: result.mutants
      .map((mutant) => describe(mutant, texts.get(mutant.fileName) ?? ''))
      .filter((mutant) => !isWording(mutant)),
    sources: new Map(result.files.map(({ name, content }) => [name, content])),
  };
}

function describe(mutant: StrykerMutant, text: string): Mutant {
  const { id, fileName, location, mutatorName, replacement } = mutant;
  return {
    id,
    file: fileName,
    line: location.start.line + 1,
    mutator: mutatorName,
    original: text.slice(offsetOf(text, location.start), offsetOf(text, location.end)),
    replacement,
  };
}

function offsetOf(text: string, at: { readonly line: number; readonly column: number }): number {
  const lines = text.split('\n').slice(0, at.line);
  return lines.reduce((sum, line) => sum + line.length + 1, 0) + at.column;
}

/**
 * Whether a mutant only empties a sentence that people read. No test repeats those word by word, and
 * none should. Every other text, such as an authorization type or the name of a header, is mutated.
 */
function isWording({ mutator, original }: Mutant): boolean {
  return mutator === 'StringLiteral' && /\S\s+\S/.test(original.replaceAll(/\$\{[^}]*\}/g, '_'));
}

const SILENT: Logger = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  fatal: () => undefined,
};
