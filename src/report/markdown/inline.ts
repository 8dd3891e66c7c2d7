import type { Content, Inline } from '../document/content.js';
import { inCode, inHtml, inMarkdown, visible } from '../escape.js';

/** Longer names may be broken, so that a table is no wider than a narrow screen. */
const MAX_NAME = 10;

/** A longer word of a mark may stand below its picture. */
const MAX_MARK = 5;

/**
 * A line of Markdown.
 *
 * @param inCell in a table's cell, where a long name that cannot be broken would widen the table.
 */
export function markdownOf(content: Content, inCell = false): string {
  return content.map((inline) => inlineOf(inline, inCell)).join('');
}

function inlineOf(inline: Inline, inCell: boolean): string {
  if (typeof inline === 'string') return inCell ? wordsOf(inline) : inHtml(inline);
  switch (inline.kind) {
    case 'prose':
      return inMarkdown(inline.text);
    case 'name':
      return inCell && isLong(inline.text)
        ? `<code>${breakable(inline.text)}</code>`
        : inCode(inline.text);
    case 'strong':
      return `**${markdownOf(inline.content, inCell)}**`;
    case 'struck':
      return `<del>${markdownOf(inline.content, inCell)}</del>`;
    case 'link':
      return `[${markdownOf(inline.content, inCell)}](${inline.href})`;
    case 'mark':
      return `${inline.icon}${inline.word.length > MAX_MARK ? ' ' : '&nbsp;'}${inline.word}`;
    case 'icon':
      return inline.icon;
    case 'break':
      return '<br>';
  }
}

/** Where a narrow screen may hyphenate the words of a cell that are longer than the longest name. */
const SYLLABLES: ReadonlyMap<string, string> = new Map(
  [
    'authori-zation',
    'creden-tials',
    'incon-clusive',
    'integra-tion',
    'unauthor-ized',
    'unreach-able',
  ].map((parts) => [parts.replace('-', ''), parts.replace('-', '&shy;')]),
);

/** A long authorization type may be broken between its words, a long word between its syllables. */
function wordsOf(text: string): string {
  const words = inHtml(text);
  if (/^[A-Z_]{10,}$/.test(words)) return words.replaceAll('_', '_<wbr>');
  return words.replace(/[a-z]{11,}/g, (word) => SYLLABLES.get(word) ?? word);
}

/** The same as HTML within Markdown, where no Markdown is read: the summary of what is folded. */
export function summaryOf(content: Content): string {
  return content
    .map((inline): string => {
      if (typeof inline === 'string') return inHtml(inline);
      switch (inline.kind) {
        case 'prose':
          return inHtml(inline.text);
        case 'name':
          return `<code>${inHtml(inline.text)}</code>`;
        case 'mark':
          return `${inline.icon} ${inline.word}`;
        case 'icon':
          return inline.icon;
        case 'break':
          return '<br>';
        default:
          return summaryOf(inline.content);
      }
    })
    .join('');
}

/** Where a name may be broken: before a slash, after what else separates its parts, and where a part is long. */
const PARTS = /\/?[^/._-]{1,10}[._-]?|./gsu;

function isLong(text: string): boolean {
  const shown = visible(text);
  return shown.length > MAX_NAME && (shown.match(PARTS) ?? []).length > 1;
}

function breakable(text: string): string {
  return (visible(text).match(PARTS) ?? []).map(inHtml).join('<wbr>');
}
