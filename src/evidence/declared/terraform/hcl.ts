import type { Place } from '../../../model/declared.js';
import { LIMITS } from '../limits.js';
import { Lines, SyntaxProblem } from '../parse-json.js';

/**
 * A block of Terraform's language with its attributes, of which only what is written is known: no
 * expression is evaluated. The grammar is HCL's native syntax (hashicorp/hcl, hclsyntax/spec.md).
 */
export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  readonly at: Place;
  readonly endLine: number;
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
}

export interface Attribute {
  readonly name: string;
  readonly at: Place;
  /** As it is written, without the space around it. */
  readonly expression: string;
  readonly valueAt: Place;
}

const SPACE = /(?:[ \t\r\n]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const NAME = /[A-Za-z_][\w-]*/y;
const QUOTED = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"/y;

/** Reads the blocks and attributes of a `.tf` file; throws a `SyntaxProblem` with its place. */
export function parseHcl(file: string, text: string): Block {
  const lines = new Lines(file, text);
  let offset = text.startsWith('\ufeff') ? 1 : 0;
  const fail = (message: string): never => {
    throw new SyntaxProblem(message, lines.placeOf(Math.min(offset, text.length)));
  };
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = offset;
    const found = pattern.exec(text)?.[0] ?? null;
    if (found !== null) offset += found.length;
    return found;
  };

  const bodyOf = (isRoot: boolean, depth: number) => {
    if (depth > LIMITS.depth) fail('blocks are nested too deep');
    const attributes: Attribute[] = [];
    const blocks: Block[] = [];
    for (;;) {
      match(SPACE);
      if (offset >= text.length) {
        if (!isRoot) fail('a block is not closed');
        break;
      }
      if (text[offset] === '}' && !isRoot) {
        offset += 1;
        break;
      }
      const at = lines.placeOf(offset);
      const name = match(NAME) ?? match(QUOTED) ?? fail('expected a name');
      match(/[ \t]*/y);
      if (text[offset] === '=' && text[offset + 1] !== '=') {
        offset += 1;
        match(/[ \t]*/y);
        const valueAt = lines.placeOf(offset);
        const from = offset;
        skipExpression();
        attributes.push({ name, at, expression: text.slice(from, offset).trim(), valueAt });
        continue;
      }
      const labels: string[] = [];
      for (;;) {
        match(/[ \t]*/y);
        const label = match(QUOTED) ?? match(NAME);
        if (label === null) break;
        labels.push(label.startsWith('"') ? labelOf(label) : label);
      }
      if (text[offset] !== '{') fail('expected { or =');
      offset += 1;
      const inner = bodyOf(false, depth + 1);
      blocks.push({ type: name, labels, at, endLine: lines.placeOf(offset).line, ...inner });
    }
    return { attributes, blocks };
  };

  /** What a label in quotes says: no block hides behind another spelling of its type. */
  const labelOf = (quoted: string): string =>
    quoted
      .slice(1, -1)
      .replaceAll(
        /\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|([\s\S]))/g,
        (_, short?: string, long?: string, character = '') => {
          const code = Number.parseInt(short ?? long ?? '', 16);
          if (Number.isNaN(code)) return ESCAPES[character] ?? character;
          return code <= 0x10ffff ? String.fromCodePoint(code) : fail('there is no such character');
        },
      );

  /** To the end of the line, or of what is opened on it. */
  const skipExpression = (): void => {
    const open: string[] = [];
    while (offset < text.length) {
      const character = text[offset] ?? '';
      if (character === '\n' && open.length === 0) return;
      if (character === '"') skipText();
      else if (text.startsWith('<<', offset) && /[-A-Za-z_]/.test(text[offset + 2] ?? ''))
        skipHeredoc();
      else if (
        character === '#' ||
        text.startsWith('//', offset) ||
        text.startsWith('/*', offset)
      ) {
        if (open.length === 0 && !text.startsWith('/*', offset)) return;
        if (match(SPACE) === null) offset += 1;
      } else if ('{[('.includes(character)) {
        open.push(character);
        offset += 1;
      } else if ('}])'.includes(character)) {
        if (open.pop() === undefined) return;
        offset += 1;
      } else offset += 1;
    }
    if (open.length > 0) fail('a bracket is not closed');
  };

  /** A text with what is put in: `"a ${f("b")} c"`. */
  const skipText = (): void => {
    offset += 1;
    for (;;) {
      const character = text[offset];
      if (character === undefined || character === '\n') fail('a text is not closed');
      if (character === '\\') offset += 2;
      else if (character === '"') {
        offset += 1;
        return;
      } else if ((character === '$' || character === '%') && text[offset + 1] === '{') {
        if (text[offset - 1] === character) offset += 2;
        else {
          offset += 2;
          skipInterpolation();
        }
      } else offset += 1;
    }
  };

  const skipInterpolation = (): void => {
    for (let depth = 1; depth > 0; ) {
      const character = text[offset];
      if (character === undefined) fail('${ is not closed');
      if (character === '"') {
        skipText();
        continue;
      }
      if (character === '{') depth += 1;
      if (character === '}') depth -= 1;
      offset += 1;
    }
  };

  const skipHeredoc = (): void => {
    const opening = /<<-?([A-Za-z_][\w-]*)[^\n]*\n/y;
    opening.lastIndex = offset;
    const found = opening.exec(text);
    if (found === null) {
      offset += 2;
      return;
    }
    const closing = new RegExp(`^[ \\t]*${found[1] ?? ''}[ \\t]*\\r?$`, 'm');
    const from = offset + found[0].length;
    const end = closing.exec(text.slice(from));
    if (end === null) fail('a heredoc is not closed');
    offset = from + (end?.index ?? 0) + (end?.[0].length ?? 0);
  };

  let root: ReturnType<typeof bodyOf>;
  try {
    root = bodyOf(true, 0);
  } catch (error) {
    // A text within a text within a text: the stack ends before the file does.
    if (error instanceof RangeError) return fail('values are nested too deep');
    throw error;
  }
  return { type: '', labels: [], at: { file, line: 1, column: 1 }, endLine: 1, ...root };
}

export function attribute(block: Block | undefined, name: string): Attribute | undefined {
  return block?.attributes.findLast((it) => it.name === name);
}

/** The value of an expression that is a literal: text, number, `true`, `false` or `null`. */
export function literal(expression: string | undefined): string | boolean | null | undefined {
  if (expression === undefined) return undefined;
  if (expression === 'true' || expression === 'false') return expression === 'true';
  if (expression === 'null') return null;
  if (/^-?\d+(\.\d+)?$/.test(expression)) return expression;
  const quoted = /^"([^"\\]*(?:\\.[^"\\]*)*)"$/.exec(expression)?.[1];
  if (quoted !== undefined) {
    if (/(^|[^$])\$\{|(^|[^%])%\{/.test(quoted)) return undefined;
    return quoted
      .replaceAll(/\\(.)/g, (_, it: string) => ESCAPES[it] ?? it)
      .replaceAll('$${', '${');
  }
  const content = heredocOf(expression);
  if (content === undefined || /(^|[^$])\$\{|(^|[^%])%\{/.test(content)) return undefined;
  return content;
}

/** The text of a heredoc, whose first and last line are not of it. */
function heredocOf(expression: string): string | undefined {
  const [opening, marker] = /^<<-?([A-Za-z_][\w-]*)[^\n]*\n/.exec(expression) ?? [];
  if (opening === undefined) return undefined;
  const rest = expression.slice(opening.length);
  const last = rest.lastIndexOf('\n');
  return rest.slice(last + 1).trim() === marker ? rest.slice(0, Math.max(0, last)) : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * The file whose text an expression is: `file("…")` or `templatefile("…", …)`, and what writes the same data in
 * another way. Its path starts at the folder of the module (`path.module`), else at that of the root module. `null` of anything else: what is merged with a file, replaced in
 * it or chosen is another text.
 */
export function fileNamed(
  expression: string | undefined,
): { path: string; isTemplate: boolean; isFromModule: boolean } | null {
  let inner = expression?.trim() ?? '';
  // Nobody writes it more often than that, and each level is looked at from its beginning to its end.
  for (let level = 0; level < 10; level += 1) {
    const call = wholeCall(inner);
    if (call === null) return null;
    if (!SAME_DATA.has(call.name)) {
      const found = /^\s*"(?:\$\{path\.(module|root)\}\/)?([^"$]+)"\s*(,|$)/.exec(call.content);
      const [, from, path, comma] = found ?? [];
      const isTemplate = call.name === 'templatefile';
      const isRead = isTemplate || (call.name === 'file' && comma === '');
      return isRead && path !== undefined
        ? { path, isTemplate, isFromModule: from === 'module' }
        : null;
    }
    inner = call.content.trim();
  }
  return null;
}

/** Functions that write the data of a text in another way, or leave it as it is. */
const SAME_DATA = new Set(['jsonencode', 'jsondecode', 'yamlencode', 'yamldecode', 'trimspace']);

/** The only call of an expression that is nothing but a call. */
function wholeCall(expression: string): { name: string; content: string } | null {
  const [opening, name] = /^([a-z_][\w]*)\(/.exec(expression) ?? [];
  if (opening === undefined || name === undefined || expression.includes('<<')) return null;
  // Code within texts within code: what closes each of them.
  const open = [')'];
  for (let at = opening.length; at < expression.length; at += 1) {
    const character = expression[at] ?? '';
    const closing = open.at(-1);
    if (closing === '"') {
      if (character === '\\') at += 1;
      else if (character === '"') open.pop();
      else if (/^[$%]\{/.test(expression.slice(at, at + 2)) && expression[at - 1] !== character) {
        open.push('}');
        at += 1;
      }
      continue;
    }
    if (character === closing) {
      open.pop();
      if (open.length > 0) continue;
      const content = expression.slice(opening.length, at);
      return at === expression.length - 1 ? { name, content } : null;
    }
    const closes = CLOSES[character];
    if (closes !== undefined) open.push(closes);
  }
  return null;
}

const CLOSES: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']', '"': '"' };
