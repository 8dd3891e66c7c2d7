import type { Said } from '../document/content.js';
import { plainJson } from '../document/json-in-prose.js';
import type { About, Body, Column, Line, Part } from '../document/part.js';
import { escaped, htmlOf } from './inline.js';

/**
 * Numbers for what a reader can filter by: what AWS calls a thing never gets into an attribute that the
 * script reads.
 */
export interface Numbers {
  readonly ofApi: (api: string) => number;
  readonly ofRule: (rule: string) => number;
}

/** The parts as sections, each with a heading and what belongs to it, piece by piece. */
export function* sectionsOf(parts: readonly Part[], numbers: Numbers): Generator<string> {
  for (const [index, part] of parts.entries()) {
    if (part.heading !== undefined || index === 0) yield `${openSection(part)}\n`;
    yield* partOf(part, numbers);
    yield '\n';
    if (parts[index + 1]?.heading !== undefined || index === parts.length - 1) {
      yield '</section>\n';
    }
  }
}

function openSection({ heading }: Part): string {
  if (heading === undefined) return '<section>';
  const { anchor, level, content } = heading;
  const id = anchor === undefined ? '' : ` id="${escaped(anchor)}"`;
  return `<section${id}><h${level - 1}>${htmlOf(content)}</h${level - 1}>`;
}

function* partOf({ fold, said = [], after = [], body }: Part, numbers: Numbers): Generator<string> {
  yield fold === undefined
    ? '<div class="part">'
    : `<details class="part"><summary>${htmlOf(fold)}</summary>`;
  yield* said.map(saidOf);
  yield* bodyOf(body, numbers);
  yield* after.map(saidOf);
  yield fold === undefined ? '</div>' : '</details>';
}

/** A paragraph, or a block of code. */
export function saidOf(said: Said): string {
  if (said.kind === 'paragraph') return `<p>${htmlOf(said.content)}</p>`;
  const lines = said.language === 'json' ? plainJson(said.text) : said.text.split('\n');
  return `<pre tabindex="0"><code>${lines.map(escaped).join('\n')}</code></pre>`;
}

function* bodyOf(body: Body, numbers: Numbers): Generator<string> {
  if (body.lines.length === 0) return;
  if (body.kind === 'list') {
    if (body.lines.every(({ cells: [first = []] }) => first.length === 0)) {
      for (const { below = [] } of body.lines) yield* below.map(saidOf);
      return;
    }
    yield '<ul>';
    for (const {
      cells: [first = []],
      below = [],
      about,
    } of body.lines) {
      yield `<li${attributesOf(about, numbers)}>${htmlOf(first)}${below.map(saidOf).join('')}</li>\n`;
    }
    yield '</ul>';
    return;
  }
  const { columns, lines } = body;
  const titles = columns.map(({ title }) => `<th role="columnheader" scope="col">${title}</th>`);
  yield `<table role="table"><thead role="rowgroup"><tr role="row">${titles.join('')}</tr></thead><tbody role="rowgroup">\n`;
  for (const line of lines) yield `${rowOf(line, columns, numbers)}\n`;
  yield '</tbody></table>';
}

/** The roles stay where a narrow screen shows the row as a card, which is no table to a browser. */
function rowOf({ cells, about }: Line, columns: readonly Column[], numbers: Numbers): string {
  const shown = columns.map(({ title }, index) => {
    const content = htmlOf(cells[index] ?? []);
    return content === ''
      ? '<td role="cell" class="none"></td>'
      : `<td role="cell" data-title="${escaped(title)}"><div>${content}</div></td>`;
  });
  return `<tr role="row"${attributesOf(about, numbers)}>${shown.join('')}</tr>`;
}

function attributesOf(about: About | undefined, { ofApi, ofRule }: Numbers): string {
  if (about === undefined) return '';
  const { api, rules, state } = about;
  const numbers = rules.map(ofRule).join(' ');
  return ` data-api="${api === null ? '' : ofApi(api)}" data-rules="${numbers}" data-state="${state}"`;
}
