import { ACCOUNT_ID } from '../model/account-id.js';
import { type Character, charactersOf, mayHaveEscapes, textOf, undone } from './escapes.js';

/** What is hidden, and what stands in its place. */
interface Pattern {
  /** Whatever `regExp` finds holds this, which is found faster: most texts hold none of them. */
  readonly sign: RegExp;
  /** Its first group is what is kept before, its second what is hidden. */
  readonly regExp: RegExp;
  readonly shown: string;
}

const VALUE = '["\']?\\s{0,8}[:=]\\s{0,8}["\']?';

const PATTERNS: readonly Pattern[] = [
  {
    sign: /x-amz-security-token/i,
    regExp: new RegExp(`(x-amz-security-token${VALUE})([^\\s'"\\\\&,;<>]+)`, 'gid'),
    shown: '***',
  },
  {
    sign: /signature/i,
    regExp: new RegExp(`(signature${VALUE})([0-9a-f]{8,})`, 'gid'),
    shown: '***',
  },
  {
    sign: /credential/i,
    regExp: new RegExp(`(credential${VALUE})([A-Z0-9]{16,})`, 'gid'),
    shown: '***',
  },
  // What logs in at a proxy or a service by its header (RFC 9110, "Authorization" and "Proxy-Authorization").
  {
    sign: /authorization/i,
    regExp: new RegExp(
      `(authorization${VALUE}(?:basic|bearer|digest|negotiate|token)\\s{1,8})([^\\s'"\\\\&,;<>]+)`,
      'gid',
    ),
    shown: '***',
  },
  // Access keys and unique ids, a session's with its name (IAM User Guide, "IAM identifiers").
  {
    sign: /A[A-Z]{3}[A-Z0-9]{12}/,
    regExp:
      /(?<![A-Za-z0-9])(A(?:BIA|CCA|GPA|IDA|IPA|KIA|NPA|NVA|ROA|SCA|SIA))([A-Z0-9]{12,}(?::[^\s"'<>\\]+)?)/dg,
    shown: '***',
  },
  { sign: /\d{12}/, regExp: ACCOUNT_ID, shown: '********' },
  // As the console writes it.
  {
    sign: /\d{4}-\d{4}-\d{4}/,
    regExp: /(?<![\w-])()(\d{4}-\d{4})(?=-\d{4}(?![\w-]))/dg,
    shown: '****-****',
  },
  {
    sign: /arn:aws/,
    regExp:
      /(arn:aws[a-z-]{0,32}:(?:iam|sts)::[*\d]{1,32}:(?:user|role|assumed-role|federated-user)\/)([^\s"'<>\\]+)/dg,
    shown: '***',
  },
  // The user of a URI, whose password may look like a path, and keys in its query.
  {
    sign: /:\/\//,
    regExp: /(:\/\/)([^\s"'<>/?#@]{1,256}(?=@)|[^\s"'<>/?#@:]{0,256}:[^\s"'<>@]{0,256}(?=@))/dg,
    shown: '***',
  },
  {
    sign: /https?:\/\//,
    regExp: /(https?:\/\/[^\s"'<>?#]{1,1024}\?)([^\s"'<>]+)/dg,
    shown: '***',
  },
];

/** A word that may be base64, and is long enough for an account id. */
const BASE64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,8192}={0,2}/g;

/**
 * A service's own words, made fit to be shown: account ids keep their last four digits, as API
 * Gateway itself masks them in its answers; session tokens, signatures, keys, callers' names and what is
 * secret of a URI are taken out (a signature error can echo the whole canonical request), also where
 * they are escaped as in JSON, URLs or HTML, or in base64.
 */
export function redact(text: string): string {
  const hidden = new Map<number, Stretch>();
  hide(text, null, hidden);
  if (mayHaveEscapes(text)) {
    let characters = charactersOf(text);
    for (let times = 0; times < 2; times += 1) {
      characters = undone(characters);
      hide(textOf(characters), characters, hidden);
    }
  }
  hideEncoded(text, hidden);
  return hidden.size === 0 ? text : without(text, hidden);
}

/** Where what is hidden ends, and what is shown for it. */
interface Stretch {
  readonly to: number;
  readonly shown: string;
}

/** @param characters where the text is written; `null` where it is as it is written. */
function hide(
  text: string,
  characters: readonly Character[] | null,
  hidden: Map<number, Stretch>,
): void {
  if (characters !== null && text.length !== characters.length) return;
  for (const { sign, regExp, shown } of PATTERNS) {
    if (!sign.test(text)) continue;
    for (const { indices } of text.matchAll(regExp)) {
      const [start, end] = indices?.[2] ?? [0, 0];
      const from = characters?.[start]?.[1] ?? start;
      const to = characters?.[end - 1]?.[2] ?? end;
      if ((hidden.get(from)?.to ?? -1) < to) hidden.set(from, { to, shown });
    }
  }
}

/** A word of base64 may follow other letters, so that it is read from each of four beginnings. */
function hideEncoded(text: string, hidden: Map<number, Stretch>): void {
  for (const { 0: word, index } of text.matchAll(BASE64)) {
    for (let skipped = 0; skipped < 4; skipped += 1) {
      const found = new Map<number, Stretch>();
      hide(Buffer.from(word.slice(skipped), 'base64').toString('latin1'), null, found);
      if (found.size === 0) continue;
      hidden.set(index, { to: index + word.length, shown: '***' });
      break;
    }
  }
}

function without(text: string, hidden: ReadonlyMap<number, Stretch>): string {
  let result = '';
  let at = 0;
  for (const [from, { to, shown }] of [...hidden].toSorted(([a], [b]) => a - b)) {
    if (to <= at) continue;
    // What overlaps is one stretch, with what its first part is shown as.
    if (from >= at) result += `${text.slice(at, from)}${shown}`;
    at = to;
  }
  return result + text.slice(at);
}
