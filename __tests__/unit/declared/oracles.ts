import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { DeclaredApi, DeclaredMethod } from '../../../src/model/declared.js';

/** One method as an oracle tells it. */
export interface ExpectedMethod {
  readonly method: string;
  readonly path: string | null;
  readonly authorization: string;
  readonly by?: string;
  readonly apiKeyRequired?: boolean;
  readonly integration?: string | null;
  readonly cors?: boolean;
  readonly when?: readonly string[];
}

export interface ExpectedApi {
  readonly api: string;
  readonly kind?: string;
  readonly methods: readonly ExpectedMethod[];
  readonly unresolved?: string;
  readonly incomplete?: string;
}

export interface Case {
  readonly case: string;
  readonly input: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly apis?: readonly ExpectedApi[];
  readonly refused?: string;
}

export interface Oracle {
  readonly cases: readonly Case[];
  readonly refused: readonly Case[];
  readonly files: Readonly<Record<string, string>>;
}

/** The packed templates of one source, with what they become. */
export function oracle(name: string): Oracle {
  const packed = readFileSync(`__tests__/fixtures/declared/${name}.json.gz`);
  const data = JSON.parse(gunzipSync(packed).toString('utf8'));
  return { cases: [], refused: [], ...data };
}

/** The methods as lines that can be compared, without what an oracle does not tell. */
export function tell(methods: readonly ExpectedMethod[], by = false): string[] {
  const lines = methods.map(
    ({ method, path, authorization, apiKeyRequired = false, when = [], ...it }) =>
      [
        method === '$default' || path?.endsWith('$default') ? '$default' : `${method} ${path}`,
        authorization
          .replace(/^(ABSENT|INVALID)$/, 'unresolved')
          .replace('UNRESOLVED', 'unresolved'),
        ...(by && it.by !== undefined ? [it.by] : []),
        ...(apiKeyRequired ? ['key'] : []),
        ...[...new Set(when)].sort(),
      ].join(' '),
  );
  return [...new Set(lines)].sort();
}

export function tellDeclared(methods: readonly DeclaredMethod[], by = false): string[] {
  return tell(methods, by);
}

/** The declared APIs by their names. */
export function byName(apis: readonly DeclaredApi[]): ReadonlyMap<string, DeclaredApi> {
  return new Map(apis.map((api) => [api.name, api]));
}
