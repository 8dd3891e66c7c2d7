/** A text with continuation lines moved to the right, and how far. */
export interface Indented {
  readonly text: string;
  /** Line numbers, from 1, that were moved. */
  readonly moved: ReadonlySet<number>;
  readonly by: number;
}

const BY = 64;
const STARTS_VALUE = /(^|[:\-?,[{]|![\w:]+)\s*$/;
const BLOCK_SCALAR = /(^|[:\-?]\s+|![\w:]+\s+)[|>][-+0-9]*\s*(#.*)?$/;

/**
 * PyYAML, and so the tools of AWS, take a quoted text or a flow collection that goes on further to the
 * left than YAML's specification allows:
 *
 *     Policy: '{
 *     }'
 *
 * White space at the start of such a line means nothing, so the line is moved to the right until it is
 * allowed.
 */
export function indentContinuations(text: string): Indented {
  const moved = new Set<number>();
  const lines = text.split('\n');
  let quote: "'" | '"' | null = null;
  let depth = 0;
  let scalarIndent: number | null = null;
  const written = lines.map((line, index) => {
    const indent = line.search(/\S/);
    if (scalarIndent !== null && quote === null && depth === 0) {
      if (indent < 0 || indent > scalarIndent) return line;
      scalarIndent = null;
    }
    const isContinued = (quote !== null || depth > 0) && indent >= 0;
    if (isContinued) moved.add(index + 1);
    for (let at = 0; at < line.length; at += 1) {
      const character = line[at];
      if (quote === '"' && character === '\\') at += 1;
      else if (quote !== null) {
        if (character !== quote) continue;
        // Two single quotes are one in the text.
        if (quote === "'" && line[at + 1] === "'") at += 1;
        else quote = null;
      } else if (character === '#' && (at === 0 || /\s/.test(line[at - 1] ?? ''))) break;
      else if (character === "'" || character === '"') {
        if (depth > 0 || STARTS_VALUE.test(line.slice(0, at))) quote = character;
      } else if (character === '[' || character === '{') {
        if (depth > 0 || STARTS_VALUE.test(line.slice(0, at))) depth += 1;
      } else if ((character === ']' || character === '}') && depth > 0) depth -= 1;
    }
    if (quote === null && depth === 0 && BLOCK_SCALAR.test(line))
      scalarIndent = Math.max(indent, 0);
    return isContinued ? `${' '.repeat(BY)}${line}` : line;
  });
  return { text: written.join('\n'), moved, by: BY };
}
