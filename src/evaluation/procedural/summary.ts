import type { Measured, Summary } from "../benchmark.ts";
import { poseAccuracy } from "../metrics/pose-accuracy.ts";
import type { PairPoseError } from "../metrics/pose-errors.ts";
import { mean, median } from "../metrics/statistics.ts";
import { fixed, percent, type Table } from "../report/markdown-table.ts";
import type { PairMetrics, ProceduralMetrics } from "./evaluate-pair.ts";

/** Bounds of the groups of pairs by overlap. */
const OVERLAPS = [0, 0.25, 0.5, 0.75, 1] as const;

/** The network, the same by the other command, and the constant baseline. */
export function summarizeProcedural(measured: readonly Measured<ProceduralMetrics>[]): Summary {
  const all = measured.map(({ metrics }) => metrics);
  const network = figures(all, "network");
  const constant = figures(all, "constant");
  const pose = { ...NOTHING, pairs: all.length, ...poseFigures(all.map((metrics) => metrics.pose)) };
  const kinds = [...new Set(all.map(({ kind }) => kind))].sort();
  const overlaps = OVERLAPS.slice(1).map((high, i) => {
    const members = all.filter(({ overlap }) => overlap > OVERLAPS[i]! && overlap <= high);
    return [`${100 * OVERLAPS[i]!} – ${100 * high} %`, members] as const;
  });
  return {
    tables: [
      table("Pairs of procedural scenes", "answer of", [
        ["the network", network],
        ["the network, `pose`", pose],
        ["a constant", constant],
      ]),
      table(
        "The network by kind of scene",
        "scenes",
        kinds.map((kind) => [
          kind,
          figures(
            all.filter((m) => m.kind === kind),
            "network",
          ),
        ]),
      ),
      table(
        "The network by overlap",
        "overlap",
        overlaps
          .filter(([, members]) => members.length > 0)
          .map(([name, members]) => [name, figures(members, "network")]),
      ),
    ],
    charts: [
      poseChart("Rotation", all, (error) => error.rotation),
      poseChart("Direction of translation", all, (error) => error.translation),
      {
        title: "Depth of pairs",
        label: "AbsRel",
        limit: 1,
        series: (["network", "constant"] as const).map((name) => ({
          name,
          errors: all.flatMap((m) => m[name].abs_rel ?? []),
        })),
      },
    ],
    figures: {
      network,
      pose,
      constant,
      by_kind: Object.fromEntries(
        kinds.map((kind) => [
          kind,
          figures(
            all.filter((m) => m.kind === kind),
            "network",
          ),
        ]),
      ),
    },
  };
}

/** One row of the table. */
interface Figures {
  readonly pairs: number;
  readonly point_error: number | null;
  readonly abs_rel: number | null;
  readonly delta_1_25: number | null;
  readonly focal_error: number | null;
  readonly rra15: number | null;
  readonly rta15: number | null;
  readonly rta15_unsigned: number | null;
  readonly maa30: number | null;
  readonly median_rotation_deg: number | null;
  readonly median_translation_deg: number | null;
}

const NOTHING = { point_error: null, abs_rel: null, delta_1_25: null, focal_error: null };

function figures(all: readonly ProceduralMetrics[], answer: "network" | "constant"): Figures {
  const metrics: readonly PairMetrics[] = all.map((pair) => pair[answer]);
  return {
    pairs: metrics.length,
    point_error: mean(metrics.flatMap((m) => m.point_error ?? [])),
    abs_rel: mean(metrics.flatMap((m) => m.abs_rel ?? [])),
    delta_1_25: mean(metrics.map((m) => m.delta_1_25)),
    focal_error: median(metrics.flatMap((m) => m.focal_errors)),
    ...poseFigures(metrics.map((m) => m.pose)),
  };
}

function poseFigures(errors: readonly PairPoseError[]) {
  const { rra, rta, rtaUnsigned, maa30, medianRotation, medianTranslation } = poseAccuracy(errors);
  return {
    rra15: rra[15],
    rta15: rta[15],
    rta15_unsigned: rtaUnsigned[15],
    maa30,
    median_rotation_deg: medianRotation,
    median_translation_deg: medianTranslation,
  };
}

function table(title: string, first: string, rows: readonly (readonly [name: string, figures: Figures])[]): Table {
  return {
    title,
    header: [
      first,
      "pairs",
      "points",
      "AbsRel",
      "δ1.25",
      "focal %",
      "RRA@15",
      "RTA@15",
      "RTA±@15",
      "mAA30",
      "rot °",
      "trans °",
    ],
    rows: rows.map(([name, f]) => [
      name,
      String(f.pairs),
      fixed(f.point_error, 3),
      fixed(f.abs_rel, 3),
      percent(f.delta_1_25),
      percent(f.focal_error),
      percent(f.rra15),
      percent(f.rta15),
      percent(f.rta15_unsigned),
      percent(f.maa30),
      fixed(f.median_rotation_deg, 1),
      fixed(f.median_translation_deg, 1),
    ]),
  };
}

function poseChart(
  title: string,
  all: readonly ProceduralMetrics[],
  read: (error: PairPoseError) => number | null,
): Summary["charts"][number] {
  const series = (name: string, errors: readonly PairPoseError[]) => ({
    name,
    errors: errors.flatMap((e) => read(e) ?? []),
  });
  return {
    title,
    label: "error in degrees",
    limit: 60,
    series: [
      series(
        "network",
        all.map((m) => m.network.pose),
      ),
      series(
        "constant",
        all.map((m) => m.constant.pose),
      ),
    ],
  };
}
