/** States one can go back to: `present` is what counts, every `push` ends what was undone. */
export class History<T> {
  readonly #past: T[] = [];
  #future: T[] = [];
  #present: T;

  /** Begins with nothing to undo. */
  constructor(present: T) {
    this.#present = present;
  }

  /** What counts now. */
  get present(): T {
    return this.#present;
  }

  /** Whether there is an earlier state. */
  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  /** Whether there is an undone state. */
  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** A new state. */
  push(next: T): void {
    this.#past.push(this.#present);
    this.#future = [];
    this.#present = next;
  }

  /** The state before; nothing without one. */
  undo(): void {
    const before = this.#past.pop();
    if (before === undefined) return;
    this.#future.push(this.#present);
    this.#present = before;
  }

  /** The state that was undone last; nothing without one. */
  redo(): void {
    const after = this.#future.pop();
    if (after === undefined) return;
    this.#past.push(this.#present);
    this.#present = after;
  }

  /** Begins anew. */
  reset(present: T): void {
    this.#past.length = 0;
    this.#future = [];
    this.#present = present;
  }
}
