const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const HEX = '0123456789abcdef';

/**
 * Identifiers that look like the service's and are the same in every run, so that logs and reports
 * of two runs can be compared. Not random in any sense that matters for security.
 */
export class Ids {
  #state: number;

  constructor(seed = 20241123) {
    this.#state = seed >>> 0;
  }

  /** Lower-case letters and digits: 10 for APIs and resources, 6 for deployments and authorizers. */
  next(length: number): string {
    return this.#from(ALPHABET, length);
  }

  /** Upper-case letters and digits, as access key ids and unique ids of IAM have them. */
  nextUpper(length: number): string {
    return this.#from(ALPHABET, length).toUpperCase();
  }

  /** A request id in the form of a UUID. */
  uuid(): string {
    return [8, 4, 4, 4, 12].map((length) => this.#from(HEX, length)).join('-');
  }

  #from(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet.charAt(this.#draw() % alphabet.length)).join('');
  }

  /** Mulberry32: 32 bits of state, enough to keep the ids of one run apart. */
  #draw(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }
}
