import type { DataBenchmark } from "./data-benchmark.ts";
import { DTU } from "./dtu/dtu.ts";
import { INTRINSICS } from "./intrinsics/intrinsics.ts";
import { LOCALIZATION } from "./localization/localization.ts";
import { MONOCULAR_DEPTH } from "./monocular-depth/monocular-depth.ts";
import { MULTIVIEW_DEPTH } from "./multiview-depth/multiview-depth.ts";
import { RELATIVE_POSE } from "./relative-pose/relative-pose.ts";

/** Every benchmark on a published data set, by the name it has on the command line. */
export const DATA_BENCHMARKS: readonly DataBenchmark<unknown>[] = [
  ...LOCALIZATION,
  ...INTRINSICS,
  ...RELATIVE_POSE,
  ...MONOCULAR_DEPTH,
  ...MULTIVIEW_DEPTH,
  DTU,
];
