/** Headers whose values are other ones each time and say who asked or when. */
const NAMELESS: ReadonlySet<string> = new Set([
  'date',
  'x-amzn-requestid',
  'x-amz-apigw-id',
  'apigw-requestid',
  'x-amzn-trace-id',
  'sec-websocket-accept',
  'x-amz-cf-id',
  'x-amz-cf-pop',
  'via',
]);

/** Takes out of answers whatever names an account, an API, a caller or a request. */
export class Scrubber {
  readonly #known = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** An id gets the same placeholder wherever it stands: `<api:1>`. */
  learn(kind: string, id: string): string {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const placeholder = `<${kind}:${count}>`;
    this.#known.set(id, placeholder);
    return placeholder;
  }

  /** Something that must not be shown, whatever it looks like. */
  hide(secret: string | undefined, placeholder: string): void {
    if (secret !== undefined && secret !== '') this.#known.set(secret, placeholder);
  }

  text(text: string): string {
    let scrubbed = text;
    const byLength = [...this.#known].toSorted(([a], [b]) => b.length - a.length);
    for (const [id, placeholder] of byLength) scrubbed = replaceWhole(scrubbed, id, placeholder);
    return scrubbed
      .replace(/arn:[\w-]+:(?:iam|sts)::[^"'\s\\]+/g, '<caller>')
      .replace(/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, '<access-key>')
      .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '<uuid>')
      .replace(/\b[0-9a-f]{64}\b/g, '<sha256>')
      .replace(/\*{4,}\d{4}\b/g, '<account>')
      .replace(/\b\d{12}\b/g, '<account>')
      .replace(/("(?:connectionId|requestId)":\s*")[^"]*/g, '$1<id>');
  }

  headers(headers: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => name !== 'set-cookie')
        .map(([name, value]) => [name, NAMELESS.has(name) ? `<${name}>` : this.text(value)]),
    );
  }

  /** An answer of the control plane: each member that is an id gets its placeholder. */
  json(value: unknown, key = ''): unknown {
    if (Array.isArray(value)) return value.map((it) => this.json(it, key));
    if (value instanceof Uint8Array) return this.text(new TextDecoder().decode(value));
    if (value instanceof Date) return '<date>';
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value)
          .filter(([name]) => name !== '$metadata')
          .map(([name, it]) => [name, this.json(it, name)]),
      );
    if (typeof value !== 'string') return value;
    const kind = key === 'id' ? 'id' : /^\w+Id$/.exec(key)?.[0];
    return kind === undefined || value === '' ? this.text(value) : this.learn(kind, value);
  }
}

/** An id is not looked for within a longer word. */
function replaceWhole(text: string, id: string, placeholder: string): string {
  const escaped = id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, 'g'), placeholder);
}
