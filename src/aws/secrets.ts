import type { AwsCredentialIdentity } from '@smithy/types';
import { charactersOf, mayHaveEscapes, textOf, undone } from './escapes.js';
import { redact } from './redact.js';

/** Everything that requests were signed with, so that an endpoint's echo of it can be taken out. */
export interface Secrets {
  /**
   * Remembers what a request was signed with, before it is sent and again once it is answered: many others
   * may have been signed while a slow answer was under way.
   */
  add(identity: AwsCredentialIdentity, signature: string): void;
  /** Remembers what a request that an SDK's client signed holds; likewise twice. */
  addRequest(request: SignedRequest): void;
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

/** A part of a secret that is as long is taken out; shorter ones stand in ordinary words, too. */
const PART = 8;
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
const HIDDEN = '***';

/**
 * Remembers by parts of eight characters, whatever their case: a text hides each stretch that is made
 * of such parts. What is compared is the text with its escapes undone (JSON, URL, HTML, each twice), and
 * the secrets as they are, in base64 at each of its three alignments, and as hexadecimal digits.
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

  const takeApart = (): void => {
    for (const value of wholeSecrets.splice(0)) addPartsOf(value, lasting);
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
    hide(text) {
      takeApart();
      const shown = redact(withoutParts(text.slice(0, MOST_TEXT), isPart));
      // What was cut within a secret has left less than a part of it at the end.
      return text.length > MOST_TEXT ? shown.slice(0, -LEFT_AT_END) : shown;
    },
  };
}

/** Adds the parts of a value in each form that it may be repeated in. */
function addPartsOf(value: string, parts: Set<string>): void {
  if (value.length < PART) return;
  const bytes = Buffer.from(value, 'utf8');
  const forms = [value, bytes.toString('hex')];
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // The first and the last characters also hold what stood around.
    forms.push(encoded.slice(Math.ceil((before * 8) / 6), -4));
  }
  for (const form of forms) {
    const comparable = comparableOf(form);
    for (let at = 0; at + PART <= comparable.length; at += 1) {
      parts.add(comparable.slice(at, at + PART));
    }
  }
}

/** Base64 has two alphabets, and a header or a host name may have lost its capitals. */
function comparableOf(text: string): string {
  return text.toLowerCase().replaceAll('-', '+').replaceAll('_', '/');
}

function withoutParts(text: string, isPart: (text: string) => boolean): string {
  // Where each character of the text with its escapes undone begins and ends in the text itself; most
  // texts have none, and are what they say.
  const characters = mayHaveEscapes(text) ? undone(undone(charactersOf(text))) : null;
  const plain = characters === null ? text : textOf(characters);
  const comparable = comparableOf(plain);
  // A character whose small letter is longer would move all that follow.
  if (comparable.length !== (characters ?? text).length) return HIDDEN;
  let hidden: Uint8Array | null = null;
  for (let at = 0; at + PART <= comparable.length; at += 1) {
    if (!isPart(comparable.slice(at, at + PART))) continue;
    const from = characters?.[at]?.[1] ?? at;
    const to = characters?.[at + PART - 1]?.[2] ?? at + PART;
    hidden ??= new Uint8Array(text.length);
    hidden.fill(1, from, to);
  }
  return hidden === null ? text : withoutHidden(text, hidden);
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
