/** One key for two numbers, whichever comes first. */
export function unorderedPairKey(a: number, b: number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
