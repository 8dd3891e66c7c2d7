/** Longer documents are not copied out of a sentence; an IAM policy takes 6,144 characters at the most. */
const MAX_JSON_LENGTH = 8000;

/** Beginnings that turn out to be none; our own prose has none at all. */
const MAX_FAILURES = 20;

/** Characters of JSON's texts that Markdown, HTML, a runner or a reader could take for something else. */
const NOT_PLAIN = /[<>&`@(]|#(?=#)|[^ -~]/g;

/** JSON that means the same and holds nothing but plain characters: none can end the block of code. */
export function plainJson(document: string): string[] {
  const json = JSON.stringify(JSON.parse(document), null, 2);
  const spellOut = (char: string): string =>
    `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return json.split('\n').map((line) => line.replace(NOT_PLAIN, spellOut));
}

export type Part = string | { readonly json: string };

/** The words and the JSON objects of a text in turn. */
export function splitJson(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  let at = text.indexOf('{"');
  let failures = 0;
  while (at >= 0 && failures < MAX_FAILURES) {
    const json = jsonAt(text, at);
    if (json === null) {
      failures += 1;
      at = text.indexOf('{"', at + 1);
      continue;
    }
    parts.push(wordsIn(text.slice(from, at), from), { json });
    from = at + json.length;
    at = text.indexOf('{"', from);
  }
  parts.push(wordsIn(text.slice(from), from));
  return parts.filter((part) => part !== '');
}

/** Words between JSON objects: the full stop behind one ends no sentence of those below the block of code. */
function wordsIn(text: string, from: number): string {
  return (from === 0 ? text : text.replace(/^[.;,](?=\s|$)/, '')).trim();
}

/** The JSON object that begins at a place; `null` where none does. Looks no farther than one may be long. */
function jsonAt(text: string, start: number): string | null {
  const longest = text.slice(start, start + MAX_JSON_LENGTH);
  const end = endOfObject(longest);
  if (end === null) return null;
  const json = longest.slice(0, end);
  try {
    JSON.parse(json);
    return json;
  } catch {
    return null;
  }
}

function endOfObject(text: string): number | null {
  let depth = 0;
  let isInText = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (isInText) {
      if (char === '\\') index += 1;
      else if (char === '"') isInText = false;
    } else if (char === '"') isInText = true;
    else if (char === '{') depth += 1;
    else if (char === '}') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return null;
}
