import type { Measured, Summary } from "../benchmark.ts";
import { type AccuracyAt, THRESHOLDS } from "../metrics/pose-accuracy.ts";
import { mean, median } from "../metrics/statistics.ts";
import { fixed, percent, type Table } from "../report/markdown-table.ts";
import type { SubsetMetrics } from "./evaluate-subset.ts";

/** A subset as the averages read it. */
type Row = SubsetMetrics & { readonly id: string; readonly wall_s: number };

const SIZES = ["2", "3", "5", "all"];
const PICKS = ["2-consecutive", "2-narrow", "2-wide", "pair", "stereo", "3", "5", "all"];

/**
 * Averages as the evaluator takes them: a subset counts once however many pairs it has; focal, field-of-view and median
 * pose errors are medians over the subsets that have them, the rest means.
 */
export function summarizePhotos(measured: readonly Measured<SubsetMetrics>[]): Summary {
  const rows = measured.map(({ id, metrics, seconds }): Row => ({ ...metrics, id, wall_s: seconds }));
  const scenes = rows.filter(({ task }) => task === "reconstruct");
  const core = scenes.filter(({ tier }) => tier === "core");
  const depth = rows.filter(({ task }) => task === "depth");
  const matches = rows.filter(({ task }) => task === "match");
  const groups = (key: "size" | "pick" | "scene", order: readonly string[]) =>
    order.flatMap((name) => {
      const members = scenes.filter((row) => row[key] === name);
      return members.length === 0 ? [] : [[name, average(members)] as const];
    });
  const names = [...new Set(scenes.map(({ scene }) => scene))];
  const bySize = groups("size", SIZES);
  const byPick = groups("pick", PICKS);
  const byScene = groups("scene", names);
  const totals = [
    ...(scenes.length > 0 ? [["overall", average(scenes)] as const] : []),
    ...(core.length > 0 && core.length < scenes.length ? [["core tier", average(core)] as const] : []),
  ];
  const failed = rows.filter(({ status }) => status !== "ok");
  return {
    tables: [
      averagesTable("Cameras by number of photos", "images", [...totals, ...bySize]),
      averagesTable("Cameras by kind of subset", "pick", byPick),
      averagesTable("Cameras by scene", "scene", byScene),
      depthTable(depth),
      matchesTable(matches),
      failedTable(failed),
    ].filter((table) => table.rows.length > 0),
    charts: poseCharts(scenes),
    figures: {
      subsets: rows.length,
      failed: failed.map(({ id, status, error }) => ({ id, status, error })),
      overall: scenes.length > 0 ? average(scenes) : null,
      core: core.length > 0 ? average(core) : null,
      by_size: Object.fromEntries(bySize),
      by_pick: Object.fromEntries(byPick),
      by_scene: Object.fromEntries(byScene),
      depth,
      matches,
    },
  };
}

type Average = ReturnType<typeof average>;

/** The averages of reconstructed subsets. */
function average(rows: readonly Row[]) {
  const values = (read: (row: Row) => number | null | undefined) => rows.flatMap((row) => read(row) ?? []);
  const at = (key: "rra" | "rta" | "rta_unsigned") =>
    Object.fromEntries(THRESHOLDS.map((t) => [t, mean(values((row) => row[key]?.[t]))])) as unknown as AccuracyAt;
  const depth = rows.filter((row) => (row.depth?.images ?? 0) > 0);
  const overDepth = (key: "abs_rel" | "delta_1_25" | "delta_1_03" | "coverage") =>
    mean(depth.flatMap((row) => row.depth?.[key] ?? []));
  return {
    subsets: rows.length,
    any_model: mean(values((row) => Number((row.registered ?? 0) >= 2))),
    registered: mean(values((row) => (row.registered ?? 0) / (row.images ?? 1))),
    rra: at("rra"),
    rta: at("rta"),
    rta_unsigned: at("rta_unsigned"),
    maa30: mean(values((row) => row.maa30)),
    maa30_unsigned: mean(values((row) => row.maa30_unsigned)),
    median_rotation_deg: median(values((row) => row.median_rotation_deg)),
    median_translation_deg: median(values((row) => row.median_translation_deg)),
    focal_subsets: values((row) => row.focal_error).length,
    focal_error: median(values((row) => row.focal_error)),
    fov_error_deg: median(values((row) => row.fov_error_deg)),
    centre_subsets: values((row) => row.centre_error).length,
    centre_error: mean(values((row) => row.centre_error)),
    depth_subsets: depth.length,
    abs_rel: overDepth("abs_rel"),
    delta_1_25: overDepth("delta_1_25"),
    delta_1_03: overDepth("delta_1_03"),
    coverage: overDepth("coverage"),
    wall_s: mean(values((row) => row.wall_s)),
  };
}

const COLUMNS: readonly (readonly [name: string, cell: (average: Average) => string])[] = [
  ["n", (a) => String(a.subsets)],
  ["reg %", (a) => percent(a.registered)],
  ["RRA@5/15/30", (a) => triple(a.rra)],
  ["RTA@5/15/30", (a) => triple(a.rta)],
  ["RTA± @5/15/30", (a) => triple(a.rta_unsigned)],
  ["mAA30", (a) => percent(a.maa30)],
  ["mAA30±", (a) => percent(a.maa30_unsigned)],
  ["focal % (n)", (a) => `${percent(a.focal_error)} (${a.focal_subsets})`],
  ["FoV °", (a) => fixed(a.fov_error_deg, 2)],
  ["center % (n)", (a) => `${percent(a.centre_error)} (${a.centre_subsets})`],
  ["AbsRel (n)", (a) => `${fixed(a.abs_rel, 3)} (${a.depth_subsets})`],
  ["δ1.25", (a) => percent(a.delta_1_25)],
  ["wall s", (a) => fixed(a.wall_s, 1)],
];

function triple(accuracy: AccuracyAt): string {
  return THRESHOLDS.map((t) => percent(accuracy[t])).join(" / ");
}

function averagesTable(title: string, first: string, rows: readonly (readonly [string, Average])[]): Table {
  return {
    title,
    header: [first, ...COLUMNS.map(([name]) => name)],
    rows: rows.map(([name, values]) => [name, ...COLUMNS.map(([, cell]) => cell(values))]),
  };
}

function depthTable(rows: readonly Row[]): Table {
  return {
    title: "Depth of single photos",
    header: ["photo", "AbsRel", "δ1.25", "δ1.03", "coverage %", "focal %", "wall s"],
    rows: [...rows.map((row) => depthCells(row.id, [row])), ...sceneMeans(rows)],
  };
}

function sceneMeans(rows: readonly Row[]): string[][] {
  return [...new Set(rows.map(({ scene }) => scene))].flatMap((scene) => {
    const members = rows.filter((row) => row.scene === scene);
    return members.length > 1 ? [depthCells(`${scene}, mean of ${members.length}`, members)] : [];
  });
}

/** A line of the table of depths: the means of some photos. */
function depthCells(name: string, rows: readonly Row[]): string[] {
  const over = (read: (row: Row) => number | null | undefined) => mean(rows.flatMap((row) => read(row) ?? []));
  return [
    name,
    fixed(
      over(({ depth }) => depth?.abs_rel),
      3,
    ),
    percent(over(({ depth }) => depth?.delta_1_25)),
    percent(over(({ depth }) => depth?.delta_1_03)),
    percent(over(({ depth }) => depth?.coverage)),
    percent(over(({ focal_error }) => focal_error)),
    fixed(
      over(({ wall_s }) => wall_s),
      1,
    ),
  ];
}

function matchesTable(rows: readonly Row[]): Table {
  return {
    title: "Matches",
    header: ["pair", "n", "epipolar <1/2 %", "by", "position <1/2/5 %", "median px", "wall s"],
    rows: rows.map(({ id, matches, epipolar, position, wall_s }) => [
      id,
      String(matches ?? 0),
      [epipolar?.within_1pct, epipolar?.within_2pct].map(percent).join(" / "),
      position?.by ?? "-",
      [position?.within_1pct, position?.within_2pct, position?.within_5pct].map(percent).join(" / "),
      fixed(position?.median_px, 2),
      fixed(wall_s, 1),
    ]),
  };
}

function failedTable(rows: readonly Row[]): Table {
  return {
    title: "Without a result (counted as wrong)",
    header: ["subset", "why"],
    rows: rows.map(({ id, error }) => [id, error ?? ""]),
  };
}

function poseCharts(rows: readonly Row[]): Summary["charts"] {
  const errors = rows.flatMap((row) => row.pair_errors ?? []);
  if (errors.length === 0) return [];
  return [
    {
      title: "Pairs of photos below an error",
      label: "degrees",
      limit: 60,
      series: [
        { name: "rotation", errors: errors.map((error) => error.rotation) },
        { name: "translation direction", errors: errors.flatMap((error) => error.translation ?? []) },
      ],
    },
  ];
}
