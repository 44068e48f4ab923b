import { selectRows } from "../core/select-rows.ts";
import type { Bundle, Observations } from "./bundle.ts";

/** A part of a bundle, and where in the whole its points and observations are. */
export interface BundleSelection {
  readonly bundle: Bundle;
  /** `[points]` */
  readonly points: Uint32Array;
  /** `[m]` */
  readonly observations: Uint32Array;
}

/** The bundle with those observations alone for which `kept` is not 0, and with the points that two of them or more show. */
export function selectObservations(bundle: Bundle, kept: Uint8Array): BundleSelection {
  const { photo, point, xy, sigma } = bundle.observations;
  const counts = new Uint32Array(bundle.points.length / 3);
  for (let k = 0; k < point.length; k++) counts[point[k]!]! += kept[k] === 0 ? 0 : 1;
  const points = Uint32Array.from(counts.keys()).filter((index) => counts[index]! >= 2);
  const renumbered = new Uint32Array(counts.length);
  points.forEach((index, k) => {
    renumbered[index] = k;
  });
  const observations = Uint32Array.from(point.keys()).filter((k) => kept[k] !== 0 && counts[point[k]!]! >= 2);
  const selected: Observations = {
    photo: observations.map((k) => photo[k]!),
    point: observations.map((k) => renumbered[point[k]!]!),
    xy: selectRows(xy, observations, 2),
    ...(sigma && { sigma: selectRows(sigma, observations) }),
  };
  const positions = selectRows(bundle.points, points, 3);
  return { bundle: { ...bundle, points: positions, observations: selected }, points, observations };
}
