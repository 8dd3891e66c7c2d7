import { standingOf } from '../evidence/declared/layer.js';
import type { JoinedMethod } from '../evidence/join.js';
import type { DeclaredApi, Place, Suppression } from '../model/declared.js';
import { declaredId } from '../model/declared-id.js';
import {
  type ApiEvidence,
  type DeclaredLine,
  type DeclaredRow,
  methodKey,
} from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { finding, fingerprintOf } from './finding.js';
import { oncePerMethod } from './method.js';
import type { RuleDescription } from './rule.js';

/*
 * What the rules about files share. A finding about a file has the place in it that has to change, and
 * keeps its fingerprint whatever line that is on, and whatever API in AWS the file becomes.
 */

/** A method that files declare, with all that they say of it. */
export interface Declaration {
  readonly row: JoinedMethod;
  readonly declared: DeclaredRow;
}

/** Every method that files declare, once. */
export function declarationsIn(rows: readonly JoinedMethod[]): Declaration[] {
  return oncePerMethod(rows).flatMap((row) => {
    const declared = row.api.declared?.methods.get(methodKey(row.method, row.path));
    return declared === undefined ? [] : [{ row, declared }];
  });
}

/** The readings of a method that are open, one list for each place in a file: each place has to change. */
export function openPlaces({ row, declared }: Declaration): (readonly DeclaredLine[])[] {
  const open = declared.lines.filter((line) => standingOf(line, row.allowedTypes) === 'open');
  const places = new Map<string, DeclaredLine[]>();
  for (const line of open) {
    const key = JSON.stringify(line.method.place);
    const known = places.get(key);
    if (known === undefined) places.set(key, [line]);
    else known.push(line);
  }
  return [...places.values()];
}

/** Whether an open reading of an OPTIONS method reaches a backend; those have a rule of their own. */
export function reachesBackend({ api, method }: DeclaredLine): boolean {
  return method.method === 'OPTIONS' && !(api.kind === 'REST' && method.integration === 'MOCK');
}

/** The declared APIs of the evidence, each with the API that it is, or becomes, in AWS. */
export function declaredApis(
  apis: readonly ApiEvidence[],
): { readonly api: ApiEvidence; readonly declared: DeclaredApi }[] {
  return apis.flatMap((api) => (api.declared?.apis ?? []).map((declared) => ({ api, declared })));
}

/** A finding about one method in a file. */
export function aboutMethod(
  rule: Pick<RuleDescription, 'id' | 'severity'>,
  { row }: Declaration,
  { api, method }: DeclaredLine,
  words: {
    readonly message: string;
    readonly fix: string;
    readonly hasSnippet?: boolean;
    /** The readings that it is about, where a baseline must know their branches as well. */
    readonly branches?: readonly DeclaredLine[];
  },
  identity: string | null = null,
): Finding {
  const { method: name, path } = row;
  const subject = { api: declaredId(api), stage: null, method: name, path };
  return {
    ...finding(rule, subject, words.message, words.fix, identity),
    api: row.api.id,
    location: method.place,
    ...branchesIn(words.branches ?? [], method.authorization),
    ...(words.hasSnippet === true ? { snippet: method.fix } : {}),
  };
}

/**
 * What stands for the branches in which a method is open; nothing where it always is, which holds each of
 * them. A method that is known to be open in one branch is another matter once it is so in others.
 */
function branchesIn(
  lines: readonly DeclaredLine[],
  worst: string,
): Pick<Finding, 'grantFingerprint'> {
  const branches = lines.map(({ method }) => [method.authorization, ...method.when.toSorted()]);
  if (branches.some(([type, ...when]) => type === worst && when.length === 0)) return {};
  const once = new Set(branches.map((it) => JSON.stringify(it)));
  return once.size === 0 ? {} : { grantFingerprint: fingerprintOf([...once].toSorted()) };
}

/** A finding about an API in a file, and no single method of it. */
export function aboutApi(
  rule: Pick<RuleDescription, 'id' | 'severity'>,
  api: ApiEvidence,
  declared: DeclaredApi,
  place: Place,
  words: { readonly message: string; readonly fix: string },
  identity: string | null = null,
): Finding {
  const subject = { api: declaredId(declared), stage: null, method: null, path: null };
  return {
    ...finding(rule, subject, words.message, words.fix, identity),
    api: api.id,
    location: place,
  };
}

/** A finding about a file as a whole. */
export function aboutFile(
  rule: Pick<RuleDescription, 'id' | 'severity'>,
  file: string,
  place: Place,
  words: { readonly message: string; readonly fix: string },
  identity: string | null = null,
): Finding {
  const subject = { api: file, stage: null, method: null, path: null };
  return { ...finding(rule, subject, words.message, words.fix, identity), location: place };
}

/** `template.yaml:12`. */
export function placeInWords({ file, line }: Place): string {
  return `${file}:${line}`;
}

/** What has conditions of a template. */
interface Conditional {
  readonly when: readonly string[];
}

/** When one of some branches is deployed: ` where IsProd is false`; empty where one always is. */
export function whenInWords(deployed: readonly Conditional[]): string {
  const branches = [...new Set(deployed.map(branchInWords))];
  return branches.includes('') ? '' : ` where ${branches.join(', or ')}`;
}

function branchInWords({ when }: Conditional): string {
  return when
    .map((condition) => {
      if (condition.startsWith('!')) return `${condition.slice(1)} is false`;
      const [, mapping, key] = /^(\w+)\[(.+)\]$/.exec(condition) ?? [];
      if (mapping !== undefined) return `the mapping ${mapping} is asked for ${key}`;
      const at = condition.indexOf('=');
      return at > 0
        ? `${condition.slice(0, at)} is ${condition.slice(at + 1)}`
        : `${condition} is true`;
    })
    .join(' and ');
}

/** What else a reader must know of these readings, in sentences that follow others. */
export function besides(lines: readonly DeclaredLine[]): string {
  const methods = lines.map(({ method }) => method);
  const unproven = methods.flatMap((it) => (it.unproven === null ? [] : [it.unproven]));
  const said = [
    ...methods.flatMap(({ assumes }) => assumes.map((it) => `This assumes that ${it}`)),
    ...unproven.map((it) => `AWS does not say for certain how it reads this: ${it}`),
    ...(methods.some(({ apiKeyRequired }) => apiKeyRequired)
      ? ['An API key is not authentication']
      : []),
    ...methods.flatMap(({ notes }) => notes),
    ...lines
      .flatMap(({ api, method }) => [...method.suppressions, ...api.suppressions])
      .map(skipInWords),
  ];
  return [...new Set(said)].map((it) => ` ${asSentence(it)}`).join('');
}

/** Other tools' skips speak of those tools' rules, some without a reason: they are told, never obeyed. */
function skipInWords({ tool, id, reason, place }: Suppression): string {
  const why = reason === null ? '' : ` ("${reason}")`;
  return `At ${placeInWords(place)}, ${tool} is told to skip ${id}${why}, which excuses nothing here: write an exception with a reason, an owner and a date`;
}

/** A clause as a sentence: a capital letter, and a full stop where there is none. */
export function asSentence(clause: string): string {
  const text = `${clause.charAt(0).toUpperCase()}${clause.slice(1)}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
