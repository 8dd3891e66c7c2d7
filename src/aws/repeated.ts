import { type Character, charactersOf, mayHaveEscapes, textOf, undone } from './escapes.js';

/** A part of a secret that is as long is taken out; shorter ones stand in ordinary words, too. */
export const PART = 8;

/** From where to where a text repeats something. */
export type Stretch = readonly [from: number, to: number];

/** Escapes within escapes that are undone; each makes a text three times as long at least. */
const MOST_ESCAPES = 8;
/** Encodings within encodings that are looked into, besides those in which the parts themselves are known. */
const MOST_ENCODINGS = 2;

/** What may be base64 of a part at least, in either of its alphabets. */
const BASE64 = /[A-Za-z0-9+/_-]{11,}/g;
const HEXADECIMAL = /(?:[0-9a-f]{2}){8,}/gi;

/** Of these characters a character of a secret is told apart; of {@link LETTERS} where others may stand between. */
const ALPHABET = /^[\x21-\x7e]$/;
const LETTERS = /^[A-Za-z0-9]$/;

/**
 * The parts of a text in the forms that are compared: as they stand in it, and of letters and digits alone.
 * Base64 has two alphabets, and a header or a host name may have lost its capitals.
 */
export function partsOf(text: string): string[] {
  return [ALPHABET, LETTERS].flatMap((told) => {
    const comparable = comparableOf([...text].filter((it) => told.test(it)).join(''));
    return Array.from({ length: Math.max(0, comparable.length - PART + 1) }, (_, at) =>
      comparable.slice(at, at + PART),
    );
  });
}

function comparableOf(text: string): string {
  return text.toLowerCase().replaceAll('-', '+').replaceAll('_', '/');
}

/**
 * Where a text repeats parts: with its escapes undone, whatever is put between the characters, and in words
 * that are base64 or hexadecimal digits of a text that does.
 *
 * @param isPart whether a text is one of the parts ({@link partsOf}).
 */
export function repeatedIn(text: string, isPart: (text: string) => boolean): readonly Stretch[] {
  // Most texts repeat nothing, and where that would be is not asked.
  if (!repeatsAny(text, isPart)) return [];
  const characters = withoutEscapes(text);
  return [...partsIn(characters, isPart), ...encodedIn(characters, isPart)];
}

/** @param depth encodings that the text was taken out of. */
function repeatsAny(text: string, isPart: (text: string) => boolean, depth = 0): boolean {
  const plain = plainOf(text);
  const printable = comparableOf(plain.replace(/[^\x21-\x7e]+/g, ''));
  if (printable.length < PART) return false;
  const letters = printable.replace(/[^a-z0-9]+/g, '');
  if (hasPart(printable, isPart) || (letters !== printable && hasPart(letters, isPart)))
    return true;
  return (
    depth <= MOST_ENCODINGS &&
    encodedWords(plain).some(({ decoded }) =>
      decoded.some((inner) => repeatsAny(inner, isPart, depth + 1)),
    )
  );
}

function hasPart(text: string, isPart: (text: string) => boolean): boolean {
  for (let at = 0; at + PART <= text.length; at += 1) {
    if (isPart(text.slice(at, at + PART))) return true;
  }
  return false;
}

/** A text as it is compared: what it has of escapes undone, whether it was meant as one or not. */
export function plainOf(text: string): string {
  return mayHaveEscapes(text) ? textOf(withoutEscapes(text)) : text;
}

function withoutEscapes(text: string): Character[] {
  let characters = charactersOf(text);
  for (let times = 0; times < MOST_ESCAPES && mayHaveEscapes(textOf(characters)); times += 1) {
    characters = undone(characters);
  }
  return characters;
}

function partsIn(characters: readonly Character[], isPart: (text: string) => boolean): Stretch[] {
  return [ALPHABET, LETTERS].flatMap((told) => {
    const telling = characters.filter(([character]) => told.test(character));
    const text = comparableOf(textOf(telling));
    const found: Stretch[] = [];
    for (let at = 0; at + PART <= text.length; at += 1) {
      if (isPart(text.slice(at, at + PART))) found.push(stretchOf(telling, at, at + PART));
    }
    return found;
  });
}

function encodedIn(characters: readonly Character[], isPart: (text: string) => boolean): Stretch[] {
  return encodedWords(textOf(characters))
    .filter(({ decoded }) => decoded.some((inner) => repeatsAny(inner, isPart, 1)))
    .map(({ from, to }) => stretchOf(characters, from, to));
}

/** A word that may be an encoding, from where to where it stands, and what it may be one of. */
interface EncodedWord {
  readonly from: number;
  readonly to: number;
  readonly decoded: readonly string[];
}

/** A word may follow other characters, so that it is read from each of its first ones. */
function encodedWords(text: string): EncodedWord[] {
  const words = (pattern: RegExp, encoding: 'base64' | 'hex', beginnings: number): EncodedWord[] =>
    [...text.matchAll(pattern)].map(({ 0: word, index }) => ({
      from: index,
      to: index + word.length,
      decoded: Array.from({ length: beginnings }, (_, skipped) =>
        Buffer.from(word.slice(skipped), encoding).toString('latin1'),
      ),
    }));
  return [...words(BASE64, 'base64', 4), ...words(HEXADECIMAL, 'hex', 2)];
}

function stretchOf(characters: readonly Character[], start: number, end: number): Stretch {
  return [characters[start]?.[1] ?? 0, characters[end - 1]?.[2] ?? 0];
}
