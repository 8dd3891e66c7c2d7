import { type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { readLocalFile } from '../files/local-file.js';
import { ConfigurationError } from '../model/errors.js';

type Environment = Readonly<Record<string, string | undefined>>;

const MIB = 1024 * 1024;
/** More than any list of profiles has. */
const MOST_OF_CONFIGURATION = 16 * MIB;
/** More than any token has. */
const MOST_OF_TOKEN = MIB;

/** A file that the SDK reads, and what names it. */
interface ReadFile {
  readonly name: string;
  readonly path: string;
  readonly mostBytes: number;
}

/**
 * Makes sure that the files that the SDK reads for its configuration and credentials have an end. It reads
 * some of them in a call that nothing can interrupt, and a pipe that nobody writes into, or a device, would
 * keep the run for ever (AWS SDKs and Tools Reference Guide, "Shared config and credentials files").
 *
 * @throws ConfigurationError
 */
export function refuseEndlessFiles(environment: Environment): void {
  const configurations = [
    configuration('AWS_CONFIG_FILE', 'config', environment),
    configuration('AWS_SHARED_CREDENTIALS_FILE', 'credentials', environment),
  ];
  const problems = [
    ...configurations.flatMap(problemsOf),
    ...['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'].flatMap((name) =>
      problemsOfToken(name, environment[name] ?? ''),
    ),
  ];
  if (problems.length === 0) problems.push(...configurations.flatMap(problemsOfProfiles));
  if (problems.length > 0) throw new ConfigurationError(problems);
}

function configuration(name: string, file: string, environment: Environment): ReadFile {
  const path = environment[name] || join(environment.HOME || homedir(), '.aws', file);
  return { name, path: resolve(path), mostBytes: MOST_OF_CONFIGURATION };
}

function problemsOfToken(name: string, path: string): string[] {
  return path === '' ? [] : problemsOf({ name, path: resolve(path), mostBytes: MOST_OF_TOKEN });
}

/** The tokens that profiles name. */
function problemsOfProfiles({ path }: ReadFile): string[] {
  const reading = readLocalFile('', path, MOST_OF_CONFIGURATION);
  const text = reading.ok ? (reading.value ?? '') : '';
  return text.split('\n').flatMap((line) => {
    const [key = '', ...value] = line.split('=');
    return key.trim() === 'web_identity_token_file'
      ? problemsOfToken('web_identity_token_file', value.join('=').trim())
      : [];
  });
}

/** What is not there, or may not be read, has an end; so has a folder. */
function problemsOf({ name, path, mostBytes }: ReadFile): string[] {
  const found = lookAt(path);
  if (found === null || found.isDirectory() || isNull(path)) return [];
  if (!found.isFile()) {
    return [`${name}: ${path} is no regular file, and reading it may never end. Name a file.`];
  }
  if (found.size <= mostBytes) return [];
  return [`${name}: ${path} is larger than ${mostBytes / MIB} MiB. Name the file that was meant.`];
}

function lookAt(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** What stands for no file at all. */
function isNull(path: string): boolean {
  return path === '/dev/null' || /^(?:.*\\)?nul$/i.test(path);
}
