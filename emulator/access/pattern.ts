/** What one place of a pattern stands for. */
type Token =
  | { readonly kind: 'text'; readonly character: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'many' };

/** The values of policy variables, by key in lower case; `undefined` where a key has none. */
export type Variables = (key: string) => string | undefined;

/**
 * A text with `*` and `?` taken as wildcards and `${key}` filled in. What a variable brings in, and
 * what `${*}`, `${?}` and `${$}` stand for, is text and never a wildcard.
 *
 * @returns `undefined` where a variable has no value and no default: such a pattern is equal to
 *   nothing and like nothing.
 *
 * Source: IAM user guide, "IAM policy elements: Variables and tags", and there "Policy variables with
 * no value" and "Specifying default values".
 */
export function tokensOf(pattern: string, variables: Variables | undefined): Token[] | undefined {
  const tokens: Token[] = [];
  let rest = pattern;
  while (rest !== '') {
    const variable = variables && /^\$\{\s*([^},'\s]+)\s*(?:,\s*'([^']*)'\s*)?\}/.exec(rest);
    if (variable) {
      const [whole, key = '', fallback] = variable;
      const value = /^[*?$]$/.test(key) ? key : (variables(key.toLowerCase()) ?? fallback);
      if (value === undefined) return undefined;
      tokens.push(...textTokens(value));
      rest = rest.slice(whole.length);
      continue;
    }
    const character = rest.charAt(0);
    if (character === '*') tokens.push({ kind: 'many' });
    else if (character === '?') tokens.push({ kind: 'one' });
    else tokens.push({ kind: 'text', character });
    rest = rest.slice(1);
  }
  return tokens;
}

/** A text in which nothing is a wildcard, with its variables filled in. */
export function literalOf(text: string, variables: Variables | undefined): string | undefined {
  const tokens = tokensOf(text, variables);
  return tokens
    ?.map((token) => {
      if (token.kind === 'text') return token.character;
      return token.kind === 'one' ? '?' : '*';
    })
    .join('');
}

function textTokens(text: string): Token[] {
  return text.split('').map((character) => ({ kind: 'text', character }));
}

/**
 * Whether a text is one that the tokens describe, from its first character to its last.
 *
 * Goes through the text once and returns to the last `*` when it meets a contradiction.
 */
export function matches(tokens: readonly Token[], text: string): boolean {
  let at = 0;
  let token = 0;
  let star: { token: number; at: number } | undefined;
  while (at < text.length) {
    const expected = tokens[token];
    if (expected?.kind === 'many') {
      star = { token, at };
      token += 1;
    } else if (
      expected?.kind === 'one' ||
      (expected?.kind === 'text' && expected.character === text.charAt(at))
    ) {
      token += 1;
      at += 1;
    } else if (star !== undefined) {
      star.at += 1;
      at = star.at;
      token = star.token + 1;
    } else return false;
  }
  return tokens.slice(token).every(({ kind }) => kind === 'many');
}

/** Whether a text is like a pattern; see {@link tokensOf}. */
export function isLike(text: string, pattern: string, variables: Variables | undefined): boolean {
  const tokens = tokensOf(pattern, variables);
  return tokens !== undefined && matches(tokens, text);
}
