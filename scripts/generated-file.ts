import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A committed file whose text is made from something else. */
export interface GeneratedFile {
  readonly file: URL;
  readonly text: string;
  /** What to do where the committed file is out of date. */
  readonly remedy: string;
}

/**
 * Does what the command line asks for: writes the file; with `--check` compares it with the committed
 * one and sets the exit code 1 where they differ; with `--print` writes to the standard output.
 */
export async function writeGenerated({ file, text, remedy }: GeneratedFile): Promise<void> {
  const flag = process.argv[2];
  if (flag === '--print') {
    process.stdout.write(text);
  } else if (flag === '--check') {
    const committed = await readFile(file, 'utf8').catch(() => '');
    if (committed === text) return;
    console.error(`${fileURLToPath(file)} is not what it is made from: ${remedy}.`);
    process.exitCode = 1;
  } else {
    await writeFile(file, text);
  }
}
