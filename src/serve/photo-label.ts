/** Characters of a label: long enough for people, short enough for every file system. */
const LONGEST = 80;

/**
 * What a client's name of a file becomes in results: its last part, of letters, digits, spaces and `._-()` alone, never
 * beginning with a dot.
 */
export function photoLabel(name: string, index: number): string {
  const last = name.normalize("NFC").split(/[\\/]/).at(-1)!;
  const plain = last.replace(/[^\p{L}\p{M}\p{N} ._()-]/gu, "_").replace(/^[. ]+|[. ]+$/g, "");
  const extension = /\.\w{1,5}$/.exec(plain)?.[0] ?? "";
  const stem = [...plain.slice(0, plain.length - extension.length)].slice(0, LONGEST).join("");
  return stem === "" ? `photo-${index + 1}${extension}` : `${stem}${extension}`;
}
