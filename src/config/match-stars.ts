/** How the tokens of a pattern take the items of a text or path. */
export interface Tokens<Item, Token> {
  /** Whether a token takes no item or more, whatever they are. */
  readonly isStar: (token: Token) => boolean;
  /** Whether a token that is no star takes an item. */
  readonly takes: (token: Token, item: Item, at: number) => boolean;
}

/**
 * Whether tokens, of which some are stars, match all of the items. Compares from left to right: a star
 * takes no item at first and one more at each contradiction; only the last one that was met has to,
 * since it can take whatever an earlier one could. So the time grows with the number of items times that
 * of the tokens, whatever the two hold.
 *
 * @param tokens of the pattern; `takes` gets the index of the token as `at`.
 */
export function matchesStars<Item, Token>(
  items: ArrayLike<Item>,
  tokens: ArrayLike<Token>,
  { isStar, takes }: Tokens<Item, Token>,
): boolean {
  let at = 0;
  let token = 0;
  let star: { at: number; token: number } | null = null;
  while (at < items.length) {
    const wanted = tokens[token];
    const item = items[at];
    if (wanted !== undefined && isStar(wanted)) {
      star = { at, token };
      token += 1;
    } else if (wanted !== undefined && item !== undefined && takes(wanted, item, token)) {
      at += 1;
      token += 1;
    } else if (star !== null) {
      star = { at: star.at + 1, token: star.token };
      at = star.at;
      token = star.token + 1;
    } else {
      return false;
    }
  }
  return Array.from(tokens).slice(token).every(isStar);
}
