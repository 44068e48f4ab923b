/** A place in the world frame (OpenCV axes), in the scene's units. */
export type Place = readonly [x: number, y: number, z: number];

/** The distance between two places of the scene. */
export interface Measurement {
  readonly from: Place;
  readonly to: Place;
}

/** What was measured in a scene, and what the user said about its scale. */
export interface Measurements {
  readonly list: readonly Measurement[];
  /** Meters of one unit of the scene; null as long as no length is known. */
  readonly metersPerUnit: number | null;
}

/** Nothing measured, no length known. */
export const NO_MEASUREMENTS: Measurements = { list: [], metersPerUnit: null };

/** In the scene's units. */
export function measuredLength({ from, to }: Measurement): number {
  return Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
}

/** A length in words: in meters, centimeters or millimeters where the scale is known, in the scene's units elsewhere. */
export function formatLength(units: number, metersPerUnit: number | null): string {
  if (metersPerUnit === null) return `${units.toPrecision(3)} units`;
  const meters = units * metersPerUnit;
  if (meters >= 1) return `${meters.toFixed(meters < 100 ? 2 : 0)} m`;
  if (meters >= 0.01) return `${(100 * meters).toFixed(1)} cm`;
  return `${(1000 * meters).toFixed(2)} mm`;
}

/** The meters that a text says: `2.5`, `2,5 m`, `80 cm`, `120mm`; null when it is no positive length. */
export function parseLength(text: string): number | null {
  const [, value = "", unit = "m"] = /^\s*(\d+(?:[.,]\d*)?|[.,]\d+)\s*(mm|cm|m|km)?\s*$/i.exec(text) ?? [];
  const meters =
    Number.parseFloat(value.replace(",", ".")) * { mm: 0.001, cm: 0.01, m: 1, km: 1000 }[unit.toLowerCase()]!;
  return meters > 0 ? meters : null;
}
