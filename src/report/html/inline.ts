import type { Content, Inline } from '../document/content.js';
import { visible } from '../escape.js';

/** Text as data: in an element and in an attribute that stands in double quotes. */
export function escaped(text: string): string {
  return visible(text).replace(/[&<>"'`]|#(?=#)/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A line of HTML. */
export function htmlOf(content: Content): string {
  return content.map(inlineOf).join('');
}

/** Words of a sentence that are names of things: `/pets/{id}`, `AWS_IAM`, `execute-api:Invoke`. */
const NAME = /^(["'(]*)((?=\/\S|.*\w_\w|.*[{}]|.*\w:\w).*?)([.,;:!?)"']*)$/su;

function inlineOf(inline: Inline): string {
  if (typeof inline === 'string') return escaped(inline);
  switch (inline.kind) {
    case 'prose':
      return inline.text.split(' ').map(wordOf).join(' ');
    case 'name':
      return codeOf(inline.text);
    case 'strong':
      return `<strong>${htmlOf(inline.content)}</strong>`;
    case 'struck':
      return `<del>${htmlOf(inline.content)}</del>`;
    case 'link':
      return `<a href="${escaped(inline.href)}"${inline.href.startsWith('#') ? '' : ' rel="noopener noreferrer"'}>${htmlOf(inline.content)}</a>`;
    case 'mark':
      return `<span class="mark"><span aria-hidden="true">${inline.icon}</span> ${inline.word}</span>`;
    case 'icon':
      return `<span aria-hidden="true">${inline.icon}</span>`;
    case 'break':
      return '<br>';
  }
}

/** Longer words are no names that a reader would read, and an expression takes its time for them. */
const MAX_WORD_LENGTH = 300;

function wordOf(word: string): string {
  if (word.length > MAX_WORD_LENGTH) return escaped(word);
  const [, before = '', named = '', after = ''] = NAME.exec(word) ?? [];
  return named === '' ? escaped(word) : `${escaped(before)}${codeOf(named)}${escaped(after)}`;
}

function codeOf(text: string): string {
  return `<code>${escaped(text)}</code>`;
}
