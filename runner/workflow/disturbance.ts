/** What goes wrong with a job. */
export type Disturbance =
  /** No runner takes it: none of its steps runs. */
  | { readonly kind: 'never-started'; readonly conclusion: 'failure' | 'cancelled' }
  /**
   * Its runner is gone, and everything on it: the first step of this repository's is killed once it has
   * printed what fits, or at once, and no other step runs, whatever its condition says.
   */
  | { readonly kind: 'lost'; readonly after?: RegExp }
  /** Somebody cancels it, likewise; steps with `always()` and `cancelled()` run. */
  | { readonly kind: 'cancelled'; readonly after?: RegExp };

/** Brings a disturbance about, and the end of a workflow that is cancelled. */
export class Interruption {
  readonly #disturbance: Disturbance | undefined;
  readonly #workflow: AbortSignal;
  #current: { kill: (signal: NodeJS.Signals) => void; cancel: () => void } | undefined;
  #heard = '';
  #isLost = false;
  #isCancelled = false;

  constructor(disturbance: Disturbance | undefined, workflow: AbortSignal) {
    this.#disturbance = disturbance;
    this.#workflow = workflow;
    workflow.addEventListener('abort', () => this.#cancel(), { once: true });
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  get isCancelled(): boolean {
    return this.#isCancelled || this.#workflow.aborted;
  }

  /** A step of this repository's has begun. */
  begin(kill: (signal: NodeJS.Signals) => void, cancel: () => void): void {
    this.#current = { kill, cancel };
    this.see('');
  }

  /** It has printed something. */
  see(text: string): void {
    this.#heard += text;
    const disturbance = this.#disturbance;
    if (disturbance === undefined || disturbance.kind === 'never-started') return;
    if (this.#isLost || this.#isCancelled) return;
    const { after } = disturbance;
    if (after !== undefined && !after.test(this.#heard)) return;
    if (disturbance.kind === 'cancelled') {
      this.#cancel();
      return;
    }
    this.#isLost = true;
    this.#current?.kill('SIGKILL');
  }

  /** It has ended. */
  end(): void {
    this.#current = undefined;
  }

  #cancel(): void {
    this.#isCancelled = true;
    this.#current?.cancel();
  }
}
