/** How photos were paired where that was left to the program. */
export interface PairingReport {
  /** Pairs of photos, each once. */
  readonly pairs: number;
  /** Of these, pairs whose features match beyond chance; undefined where no features were looked at. */
  readonly matchedPairs: number | undefined;
  /** Photos in recognized sequences, by the number of each sequence's photos. */
  readonly sequences: readonly number[];
  /** Groups of photos that matches or sequences connect; 1 where all hang together. */
  readonly groups: number;
  /** Pairs that join these groups and that nothing but a likeness speaks for. */
  readonly bridges: readonly (readonly [image1: number, image2: number])[];
  /** Photos whose features match those of no other, in ascending order. */
  readonly unmatched: readonly number[];
}
