/** What a pickle may ask for. Everything else is refused by name. */
export interface PickleVocabulary {
  /** By `module.name`: a function is what a call of that global gives, from its arguments; any other value stands as it is. */
  readonly globals: ReadonlyMap<string, unknown>;
  /** What a persistent id (a reference to data outside of the pickle) stands for. */
  persistentLoad(id: unknown): unknown;
  /** Gives `target`, made by a call, the state that its class kept. */
  setState(target: unknown, state: unknown): void;
}

/** What a call of an allowed global gives. It must not walk its arguments, which may be huge and shared by many calls. */
export type PickleConstructor = (...args: readonly unknown[]) => unknown;

/** What is wrong with a pickle, as the end of a sentence that begins with "its pickle". A vocabulary may throw it too. */
export class PickleProblem extends Error {}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Bounds the memory that a byte of pickle can ask for; a checkpoint of DUSt3R with its optimizer has some 20,000. */
const MAX_CONTAINERS = 200_000;
/** Python keeps every container and every text. */
const MAX_MEMO: number = 2 * MAX_CONTAINERS;

/**
 * The state of reading a pickle: the place in its bytes, the stack, the marks on it and the memo. Every operation checks
 * what it takes, and values are shared, never copied or walked.
 */
export class PickleMachine {
  position: number = 0;
  readonly memo: Map<number, unknown> = new Map();
  readonly vocabulary: PickleVocabulary;
  readonly view: DataView;
  private readonly bytes: Uint8Array;
  private readonly stack: unknown[] = [];
  /** Stack heights at which the marks were set. */
  private readonly marks: number[] = [];
  private containers = 0;

  constructor(bytes: Uint8Array, vocabulary: PickleVocabulary) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.vocabulary = vocabulary;
  }

  global(module: unknown, name: unknown): unknown {
    const path = `${typeof module === "string" ? module : "?"}.${typeof name === "string" ? name : "?"}`;
    if (!this.vocabulary.globals.has(path)) throw new PickleProblem(`asks for ${shorten(path)}, which is refused`);
    return this.vocabulary.globals.get(path);
  }

  call(): unknown {
    const [callee, args] = this.popMany(2);
    if (typeof callee !== "function" || !Array.isArray(args)) {
      throw new PickleProblem("calls something that is not a constructor: refused");
    }
    return this.container((callee as PickleConstructor)(...args.slice(0, 8)));
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  /** Counts a value that takes memory of its own. */
  container(value: unknown): unknown {
    this.containers++;
    if (this.containers > MAX_CONTAINERS) throw new PickleProblem(`holds over ${MAX_CONTAINERS} containers: refused`);
    return value;
  }

  mark(): void {
    this.marks.push(this.stack.length);
  }

  /** Drops the top of the stack: a value, or a mark with nothing above it. */
  drop(): void {
    if (this.marks.at(-1) === this.stack.length) this.marks.pop();
    else this.pop();
  }

  /** Values below the last mark are out of reach, as in Python. */
  available(): number {
    return this.stack.length - (this.marks.at(-1) ?? 0);
  }

  top(): unknown {
    if (this.available() < 1) throw new PickleProblem("takes a value from an empty stack");
    return this.stack.at(-1);
  }

  pop(): unknown {
    const value = this.top();
    this.stack.pop();
    return value;
  }

  popMany(count: number): unknown[] {
    if (this.available() < count) throw new PickleProblem("takes a value from an empty stack");
    return this.stack.splice(this.stack.length - count);
  }

  popToMark(): unknown[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw new PickleProblem("closes a group that was never opened");
    return this.stack.splice(mark);
  }

  append(items: readonly unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw new PickleProblem("appends to something that is not a list");
    for (const item of items) list.push(item);
  }

  addItems(items: readonly unknown[]): void {
    const set = this.top();
    if (!(set instanceof Set)) throw new PickleProblem("adds to something that is not a set");
    for (const item of items) set.add(item);
  }

  setItems(items: readonly unknown[]): void {
    const map = this.top();
    if (!(map instanceof Map)) throw new PickleProblem("sets an item of something that is not a dictionary");
    setItems(map, items);
  }

  keep(index: number): void {
    if (this.memo.size >= MAX_MEMO) throw new PickleProblem(`keeps over ${MAX_MEMO} values: refused`);
    this.memo.set(index, this.top());
  }

  recall(index: number): unknown {
    if (!this.memo.has(index)) throw new PickleProblem(`recalls value ${index}, which it never kept`);
    return this.memo.get(index);
  }

  /** Moves past `length` bytes and returns where they begin. */
  take(length: number): number {
    const start = this.position;
    if (length > this.bytes.length - start) {
      throw new PickleProblem(`is cut off: ${length} bytes are announced and ${this.bytes.length - start} are left`);
    }
    this.position = start + length;
    return start;
  }

  byte(): number {
    return this.bytes[this.take(1)]!;
  }

  size32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  size64(): number {
    return Number(this.view.getBigUint64(this.take(8), true));
  }

  slice(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  text(length: number): string {
    return UTF8.decode(this.slice(length));
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw new PickleProblem("is cut off within a name");
    const text = this.text(end - this.position);
    this.position = end + 1;
    return text;
  }

  /** A little-endian two's complement integer; of more than 64 bits none is ever needed. */
  long(length: number): number {
    if (length > 8) throw new PickleProblem(`holds an integer of ${length} bytes: refused`);
    const bytes = this.slice(length);
    let value = 0n;
    for (let i = 0; i < length; i++) value |= BigInt(bytes[i]!) << BigInt(8 * i);
    return Number(BigInt.asIntN(8 * length, value));
  }
}

/** Sets alternating keys and values. */
export function setItems(map: Map<unknown, unknown>, items: readonly unknown[]): Map<unknown, unknown> {
  if (items.length % 2 === 1) throw new PickleProblem("gives a key without a value");
  for (let i = 0; i < items.length; i += 2) {
    // Writing out a tuple of tuples of tuples may take longer than anyone can wait.
    if (typeof items[i] === "object") throw new PickleProblem("has a key that is no text and no number: refused");
    map.set(items[i], items[i + 1]);
  }
  return map;
}

function shorten(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}
