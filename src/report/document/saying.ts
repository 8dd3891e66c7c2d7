import { clip } from '../clip.js';
import { visible } from '../escape.js';
import { nameMethod } from '../place.js';
import type { Finding, Place } from '../report.js';
import { snippetLines } from '../snippet.js';
import { type Content, name, paragraph, prose, type Said, strong } from './content.js';
import { splitJson } from './json-in-prose.js';

const MAX_TEXT_LENGTH = 2000;
const MAX_NAME_LENGTH = 200;

/** A name of AWS or of the repository, cut where nobody would read on. */
export function shortName(text: string): string {
  return clip(text, MAX_NAME_LENGTH);
}

/** Prose of the gate's own that may hold JSON to copy, after the words that lead to it. */
export function sayProse(text: string, before: Content = []): Said[] {
  const parts = splitJson(text);
  const [first] = parts;
  const said = parts.map((part, index): Said => {
    if (typeof part !== 'string') return { kind: 'code', language: 'json', text: part.json };
    const words = prose(clip(part, MAX_TEXT_LENGTH));
    return index === 0 ? paragraph(...before, words) : paragraph(words);
  });
  return typeof first === 'string' || before.length === 0 ? said : [paragraph(...before), ...said];
}

/** What mends a finding, and below it what is to be written. */
export function sayFix(finding: Pick<Finding, 'fix' | 'snippet'>, before: Content): Said[] {
  const said = sayProse(finding.fix, before);
  const text = snippetLines(finding).map(visible).join('\n');
  // The language is the kind of the file (`sam`), which no renderer highlights.
  return text === '' ? said : [...said, { kind: 'code', language: '', text }];
}

/** Prose within a cell, where nothing can stand below. */
export function sayInLine(text: string): Content {
  return [prose(clip(text, MAX_TEXT_LENGTH))];
}

/** `GET /pets in orders/prod`; `The region` where a finding is about no API. */
export function sayPlace(place: Omit<Place, 'rule'>, nameOf: (api: string) => string): Content {
  const method = nameMethod(place);
  const stage = place.api === null ? null : sayStage(place, nameOf);
  if (method === null) return stage === null ? ['The region'] : [prose(stage)];
  const bold = strong(name(clip(method, MAX_NAME_LENGTH)));
  return stage === null ? [bold] : [bold, ' in ', prose(stage)];
}

function sayStage(
  { api, stage }: Pick<Finding, 'api' | 'stage'>,
  nameOf: (api: string) => string,
): string {
  const named = nameOf(api ?? '');
  return shortName(stage === null ? named : `${named}/${stage}`);
}
