import type { AwsCredentialIdentity } from '@smithy/types';
import { redact } from './redact.js';
import { PART, partsOf, plainOf, repeatedIn } from './repeated.js';

/** Everything that requests were signed with, so that an endpoint's echo of it can be taken out. */
export interface Secrets {
  /**
   * Remembers what a request was signed with, before it is sent and again once it is answered: many others
   * may have been signed while a slow answer was under way.
   */
  add(identity: AwsCredentialIdentity, signature: string): void;
  /** Remembers what a request that an SDK's client signed holds; likewise twice. */
  addRequest(request: SignedRequest): void;
  /** Remembers a token that requests elsewhere hold. */
  addToken(token: string): void;
  /** A text without what was remembered, without account ids and callers. */
  hide(text: string): string;
}

/** A request as far as it may hold secrets; names of headers in lower case. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What STS is told in its parameters (STS API Reference, AssumeRole and AssumeRoleWithWebIdentity). */
const SECRET_PARAMETERS = ['WebIdentityToken', 'ExternalId'] as const;

/**
 * Signatures are remembered for so many requests at least, and twice as many at most: an endpoint may answer
 * one request with what came in another. A run makes many thousands, and each is good for five minutes and
 * its own request alone.
 */
const MOST_SIGNATURES = 128;
/** Of an endpoint's words a few hundred characters are shown: more is not looked through. */
const MOST_TEXT = 4 * 1024;
/** Less than a part, each of its characters written in the longest way. */
const LEFT_AT_END = 128;
/** An endpoint has few things to say, and says them to every request. */
const MOST_TEXTS = 64;
const HIDDEN = '***';

/**
 * Remembers by parts of eight characters, whatever their case: a text hides each stretch that is made
 * of such parts. What is compared is the text with its escapes undone (JSON, URL, HTML), also without what
 * is put between letters and digits, and what its words decode to (base64, hexadecimal digits).
 */
export function createSecrets(): Secrets {
  /** The parts of what is good for long, and those of the signatures made lately and before. */
  const lasting = new Set<string>();
  let lately = new Set<string>();
  let before = new Set<string>();
  let signaturesLately = 0;
  /** Remembered and not yet taken apart: most runs are never answered anything that is shown. */
  const known = new Set<string>();
  const wholeSecrets: string[] = [];
  const wholeSignatures = new Set<string>();
  /**
   * Texts in which nothing is to be hidden: no signature that is made later stands in them. With something
   * else to hide they are looked through again.
   */
  const harmless = new Set<string>();

  const takeApart = (): void => {
    for (const value of wholeSecrets.splice(0)) addFormsOf(value, lasting);
    const signatures = [...wholeSignatures];
    wholeSignatures.clear();
    for (const signature of signatures) {
      addPartsOf(signature, lately);
      signaturesLately += 1;
      if (signaturesLately < MOST_SIGNATURES) continue;
      [before, lately, signaturesLately] = [lately, new Set(), 0];
    }
  };
  const rememberFor = (values: readonly (string | null | undefined)[]): void => {
    for (const value of values) {
      if (!value || known.has(value)) continue;
      known.add(value);
      wholeSecrets.push(value);
      harmless.clear();
    }
  };
  const rememberSignature = (signature: string): void => {
    // One that is remembered again is the newest.
    wholeSignatures.delete(signature);
    wholeSignatures.add(signature);
    const [oldest = ''] = wholeSignatures;
    if (wholeSignatures.size > MOST_SIGNATURES) wholeSignatures.delete(oldest);
  };
  const isPart = (text: string): boolean =>
    lasting.has(text) || lately.has(text) || before.has(text);
  const lookThrough = (text: string): string => {
    if (harmless.has(text)) return text;
    takeApart();
    const shown = redact(withoutParts(text, isPart));
    if (harmless.size >= MOST_TEXTS) harmless.clear();
    if (shown === text) harmless.add(text);
    return shown;
  };
  return {
    add({ accessKeyId, secretAccessKey, sessionToken }, signature) {
      rememberFor([accessKeyId, secretAccessKey, sessionToken]);
      rememberSignature(signature);
    },
    addRequest({ headers, body }) {
      const { authorization = '' } = headers;
      rememberFor([
        headers['x-amz-security-token'],
        /Credential=([^/,\s]+)/.exec(authorization)?.[1],
      ]);
      rememberSignature(/Signature=([0-9a-f]+)/.exec(authorization)?.[1] ?? '');
      // The parameters of STS are those of a form.
      if (typeof body !== 'string' || !/^[\w.]+=/.test(body)) return;
      const parameters = new URLSearchParams(body);
      rememberFor(SECRET_PARAMETERS.map((name) => parameters.get(name)));
    },
    addToken(token) {
      rememberFor([token]);
    },
    hide(text) {
      const shown = lookThrough(text.slice(0, MOST_TEXT));
      // What was cut within a secret has left less than a part of it at the end.
      return text.length > MOST_TEXT ? shown.slice(0, -LEFT_AT_END) : shown;
    },
  };
}

/**
 * Adds the parts of what is good for long: as it is, and in base64, whose letters may have lost their
 * capitals on the way, so that nobody can decode them.
 */
function addFormsOf(value: string, parts: Set<string>): void {
  if (value.length < PART) return;
  addPartsOf(value, parts);
  // A password may look like escapes, and what is compared has none.
  addPartsOf(plainOf(value), parts);
  const bytes = Buffer.from(value, 'utf8');
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // The first and the last characters also hold what stood around.
    addPartsOf(encoded.slice(Math.ceil((before * 8) / 6), -4), parts);
  }
}

function addPartsOf(text: string, parts: Set<string>): void {
  for (const part of partsOf(text)) parts.add(part);
}

function withoutParts(text: string, isPart: (text: string) => boolean): string {
  const stretches = repeatedIn(text, isPart);
  if (stretches.length === 0) return text;
  const hidden = new Uint8Array(text.length);
  for (const [from, to] of stretches) {
    let end = to;
    // What base64 is filled up with.
    while (text[end] === '=') end += 1;
    hidden.fill(1, from, end);
  }
  return withoutHidden(text, hidden);
}

/** @param hidden 1 for each code unit that is hidden. */
function withoutHidden(text: string, hidden: Uint8Array): string {
  let shown = '';
  for (let at = 0; at < text.length; at += 1) {
    if (hidden[at] === 0) shown += text[at];
    else if (at === 0 || hidden[at - 1] === 0) shown += HIDDEN;
  }
  return shown;
}

/**
 * What this process has signed with. There is one, as there is one list of what a runner masks: whoever
 * shows what was answered need not know who asked.
 */
export const SENT = createSecrets();
