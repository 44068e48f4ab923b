/** Seconds by the name of what took them. */
export interface Stopwatch {
  /** Ends a lap. */
  lap(name: string): void;
  readonly laps: Readonly<Record<string, number>>;
}

/** Starts a stopwatch. */
export function stopwatch(): Stopwatch {
  const laps: Record<string, number> = {};
  let last = performance.now();
  return {
    laps,
    lap(name) {
      const now = performance.now();
      laps[name] = (now - last) / 1000;
      last = now;
    },
  };
}
