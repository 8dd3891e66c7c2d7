/*
 * What the report says, before it is Markdown or HTML. Both renderers take the same parts, so that they
 * say the same in the same order, and each escapes for its own place: nothing here is markup.
 */

/** A piece of a line. A bare text is the gate's own words, which no renderer needs to look into. */
export type Inline =
  | string
  /** Prose that may hold names of AWS and of the repository; names are shown as such. */
  | { readonly kind: 'prose'; readonly text: string }
  /** A name, in a fixed-width font. */
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'strong' | 'struck'; readonly content: Content }
  /** `href` is made by the gate; a target within the report begins with `#`. */
  | { readonly kind: 'link'; readonly href: string; readonly content: Content }
  /** A picture and the one word that says the same, kept on one line. */
  | { readonly kind: 'mark'; readonly icon: string; readonly word: string }
  /** A picture beside words that say the same. */
  | { readonly kind: 'icon'; readonly icon: string }
  | { readonly kind: 'break' };

export type Content = readonly Inline[];

/** A paragraph, or JSON to copy. */
export type Said = { readonly kind: 'paragraph'; readonly content: Content } | Code;

export interface Code {
  readonly kind: 'code';
  readonly language: string;
  readonly text: string;
}

export const prose = (text: string): Inline => ({ kind: 'prose', text });
export const name = (text: string): Inline => ({ kind: 'name', text });
export const icon = (picture: string): Inline => ({ kind: 'icon', icon: picture });
export const strong = (...content: Content): Inline => ({ kind: 'strong', content });
export const struck = (...content: Content): Inline => ({ kind: 'struck', content });
export const BREAK: Inline = { kind: 'break' };
export const paragraph = (...content: Content): Said => ({ kind: 'paragraph', content });

/** A link, or the words alone where nobody can tell where it would lead. */
export function link(href: string | null, ...content: Content): Content {
  return href === null ? content : [{ kind: 'link', href, content }];
}

/** Puts something between the pieces of a line. */
export function join(pieces: readonly Content[], between: Inline): Content {
  return pieces.flatMap((piece, index) => (index === 0 ? piece : [between, ...piece]));
}
