import { FormatError } from "../core/errors.ts";

/** What a checkpoint holds: the file's name for errors, its tensors' shapes by official name, its constructor keywords. */
export interface CheckpointContents {
  readonly file: string;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** `config.json` of the hub layout, or the keyword arguments of the constructor call in a `.pth`; empty without either. */
  readonly keywords: Readonly<Record<string, unknown>>;
}

/** Reads shapes and keywords, and gathers what is wrong with them. */
export class ContentsReader {
  readonly notes: string[] = [];
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly hasKeywords: boolean;
  private readonly contents: CheckpointContents;
  private readonly problems: string[] = [];

  constructor(contents: CheckpointContents) {
    this.contents = contents;
    this.shapes = contents.shapes;
    this.hasKeywords = Object.keys(contents.keywords).length > 0;
  }

  /** Undefined also for Python's None. */
  keyword(name: string): unknown {
    return this.contents.keywords[name] ?? undefined;
  }

  has(prefix: string): boolean {
    return [...this.shapes.keys()].some((name) => name.startsWith(prefix));
  }

  /** The shape of a tensor that every checkpoint has. */
  shape(name: string, axes: number): [number, number, number, number] {
    const shape = this.shapes.get(name);
    if (shape?.length === axes && !shape.includes(0)) return shape as [number, number, number, number];
    const found = shape === undefined ? "is missing" : `has the shape [${shape}]`;
    throw new FormatError(this.contents.file, `not the weights of a DUSt3R or CroCo network: its ${name} ${found}`);
  }

  /** How many blocks `prefix.0`, `prefix.1`, … there are; a gap in the numbers shows later, as missing tensors. */
  blocks(prefix: string): number {
    const pattern = new RegExp(`^${prefix}\\.(\\d+)\\.`);
    const indices = [...this.shapes.keys()].map((name) => pattern.exec(name)?.[1]);
    return new Set(indices.filter((index) => index !== undefined)).size;
  }

  compare(keyword: string, fromTensors: unknown): void {
    const value = this.keyword(keyword);
    if (value === undefined || value === fromTensors) return;
    this.problem(`its config says ${keyword} = ${show(value)} and its tensors say ${show(fromTensors)}`);
  }

  require(keyword: string, only: unknown): void {
    const value = this.keyword(keyword) ?? only;
    if (value !== only) this.unsupported(keyword, show(only));
  }

  unsupported(keyword: string, supported: string): void {
    this.problem(`${keyword} = ${show(this.keyword(keyword))} is not supported, only ${supported}`);
  }

  problem(text: string): void {
    this.problems.push(text);
  }

  finish(): void {
    if (this.problems.length > 0) throw new FormatError(this.contents.file, this.problems.join("; "));
  }
}

/** As Python would write it; values within values are left out, however deep they go. */
export function show(value: unknown): string {
  if (Array.isArray(value))
    return `(${value
      .slice(0, 8)
      .map((item) => (typeof item === "object" ? "…" : show(item)))
      .join(", ")})`;
  if (typeof value === "object") return "{…}";
  return typeof value === "string" ? `'${value}'` : String(value);
}
