import type { Spool } from "../../core/spool.ts";

/** A browser has none: files are read there, but not at once. */
export async function openSpool(): Promise<Spool | undefined> {
  return undefined;
}
