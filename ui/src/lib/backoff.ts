/** A pause that ends early when the signal aborts. */
function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}

/** Pauses between tries, each twice as long as the one before, until one succeeds or nobody wants them any more. */
export class Backoff {
  readonly #first: number;
  readonly #longest: number;
  readonly #signal: AbortSignal;
  #next: number;

  /** @param first Milliseconds of the first pause; none is longer than `longest`. */
  constructor(first: number, longest: number, signal: AbortSignal) {
    this.#first = first;
    this.#longest = longest;
    this.#signal = signal;
    this.#next = first;
  }

  async pause(): Promise<void> {
    const ms = this.#next;
    this.#next = Math.min(ms * 2, this.#longest);
    await pauseFor(ms, this.#signal);
  }

  /** Has the next pause be the longest: another try soon would be in vain. */
  slow(): void {
    this.#next = this.#longest;
  }

  /** Begins anew: a try has succeeded. */
  reset(): void {
    this.#next = this.#first;
  }
}
