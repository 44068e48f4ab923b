import { SMALL_BASELINE, SMALL_INLIER_SHARE } from "../../tasks/relative-pose.ts";
import type { Measured, Summary } from "../benchmark.ts";
import { median } from "../metrics/statistics.ts";
import { fixed } from "../report/markdown-table.ts";
import type { FidelityMetrics } from "./compare-precisions.ts";

/** A row of the table: over pairs of one kind, their median or their worst. */
interface Figures {
  readonly pairs: number;
  readonly points_median: number | null;
  readonly points_p99: number | null;
  readonly confidence_median: number | null;
  readonly confidence_p99: number | null;
  /** Of pairs that fix their pose in float32. */
  readonly rotation_deg: number | null;
  /** Of pairs that fix the direction too. */
  readonly translation_deg: number | null;
  readonly focal: number | null;
  readonly poses_lost: number;
  /** Pairs that do not fix their pose: how far it moves says nothing about the precision. */
  readonly poses_doubtful: number;
}

/** Medians over pairs and the worst pair, of procedural pairs and of photos. */
export function summarizeFidelity(measured: readonly Measured<FidelityMetrics>[]): Summary {
  const all = measured.map(({ metrics }) => metrics);
  const sources = (["procedural", "photos"] as const).filter((source) => all.some((m) => m.source === source));
  const figures = sources.map((source) => {
    const pairs = all.filter((m) => m.source === source);
    return [source, { median: figuresOf(pairs, median), worst: figuresOf(pairs, worst) }] as const;
  });
  const rows = figures.flatMap(([source, found]) => [
    row(`${source}, median`, found.median),
    row(`${source}, worst`, found.worst),
  ]);
  const header = [
    "pairs of",
    "pairs",
    "points %",
    "99 %",
    "confidence %",
    "99 %",
    "rotation °",
    "direction °",
    "focal %",
    "lost",
    "doubtful",
  ];
  return {
    tables: [{ title: "Deviation from float32", header, rows }],
    charts: [
      {
        title: "Points of pairs",
        label: "median relative deviation",
        limit: 0.1,
        series: sources.map((name) => ({
          name,
          errors: all.filter((m) => m.source === name).map(({ points }) => points.median),
        })),
      },
    ],
    figures: Object.fromEntries(figures),
  };
}

function figuresOf(pairs: readonly FidelityMetrics[], over: (values: readonly number[]) => number | null): Figures {
  const of = (value: (pair: FidelityMetrics) => number | null, among = pairs) =>
    over(among.flatMap((pair) => value(pair) ?? []));
  const fixing = pairs.filter(({ inlier_share }) => inlier_share !== null && inlier_share >= SMALL_INLIER_SHARE);
  const fixingDirection = fixing.filter(({ baseline }) => baseline! >= SMALL_BASELINE);
  return {
    pairs: pairs.length,
    points_median: of(({ points }) => points.median),
    points_p99: of(({ points }) => points.p99),
    confidence_median: of(({ confidence }) => confidence.median),
    confidence_p99: of(({ confidence }) => confidence.p99),
    rotation_deg: of((pair) => pair.rotation_deg, fixing),
    translation_deg: of((pair) => pair.translation_deg, fixingDirection),
    focal: of((pair) => pair.focal),
    poses_lost: pairs.filter((pair) => pair.pose_lost).length,
    poses_doubtful: pairs.length - fixing.length,
  };
}

function worst(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b));
}

function row(name: string, figures: Figures): string[] {
  const share = (value: number | null) => fixed(value === null ? null : 100 * value, 2);
  return [
    name,
    String(figures.pairs),
    share(figures.points_median),
    share(figures.points_p99),
    share(figures.confidence_median),
    share(figures.confidence_p99),
    fixed(figures.rotation_deg, 2),
    fixed(figures.translation_deg, 2),
    share(figures.focal),
    String(figures.poses_lost),
    String(figures.poses_doubtful),
  ];
}
