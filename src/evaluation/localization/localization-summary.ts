import type { Measured, Summary } from "../benchmark.ts";
import {
  LOCALIZATION_THRESHOLDS,
  type LocalizationAccuracy,
  type LocalizationError,
  localizationAccuracy,
} from "../metrics/localization-accuracy.ts";
import { besidePublished } from "../published.ts";
import { fixed, percent, type Table } from "../report/markdown-table.ts";
import type { EvaluatedMethod, LocalizationMetrics } from "./evaluate-query.ts";
import type { LocalizationSet } from "./localization-sets.ts";

const LOST: LocalizationError = { distance: Number.POSITIVE_INFINITY, rotation: Number.POSITIVE_INFINITY };

/** Median errors by scene beside the published ones, and recalls; a mere count where the ground truth is not public. */
export function summarizeLocalization(
  dataset: LocalizationSet,
  measured: readonly Measured<LocalizationMetrics>[],
): Summary {
  const methods = methodsOf(dataset, measured);
  const errors = (method: EvaluatedMethod, scene?: string) =>
    measured
      .filter(({ metrics }) => scene === undefined || metrics.scene === scene)
      .map(({ metrics }) => metrics.methods[method]?.error ?? LOST);
  const located = (method: EvaluatedMethod) =>
    measured.filter(({ metrics }) => metrics.methods[method]?.pose != null).length;
  const header = ["method", "queries", ...dataset.order];
  const rows = methods.map((method) => [
    `ours, ${method}`,
    `${located(method)} of ${measured.length}`,
    ...dataset.order.map((scene) => medians(errors(method, scene))),
  ]);
  const tables: Table[] = dataset.truth
    ? [
        besidePublished({ title: `${dataset.title}: median error in cm / degrees`, header, rows }, dataset.published),
        recallTable(methods.map((method) => [method, errors(method)])),
      ]
    : [
        {
          title: `${dataset.title}: located queries; the result files are evaluated elsewhere`,
          header: ["method", "queries"],
          rows: rows.map((row) => row.slice(0, 2)),
        },
      ];
  const charts = methods.map((method) => ({
    title: `Queries, ${method}`,
    label: "distance in meters",
    limit: 1,
    series: [{ name: method, errors: errors(method).map(({ distance }) => distance) }],
  }));
  const figures = methods.map((method) => ({
    method,
    located: located(method),
    queries: measured.length,
    scenes: dataset.truth
      ? Object.fromEntries(
          dataset.order.map((scene) => [scene, accuracyJson(localizationAccuracy(errors(method, scene)))]),
        )
      : {},
  }));
  return { tables, charts: dataset.truth ? charts : [], figures };
}

/** The data set's ways of the paper, and the one with features where poses were refined. */
function methodsOf(
  { methods }: LocalizationSet,
  measured: readonly Measured<LocalizationMetrics>[],
): readonly EvaluatedMethod[] {
  return measured.some(({ metrics }) => metrics.methods.refined) ? [...methods, "refined"] : methods;
}

function accuracyJson({ medianDistance, medianRotation, recalls }: LocalizationAccuracy) {
  return { median_distance: medianDistance, median_rotation_deg: medianRotation, recalls };
}

function medians(errors: readonly LocalizationError[]): string {
  const { medianDistance, medianRotation } = localizationAccuracy(errors);
  if (medianDistance === null) return "-";
  return Number.isFinite(medianDistance) ? `${fixed(100 * medianDistance, 0)}/${fixed(medianRotation, 2)}` : "lost";
}

function recallTable(methods: readonly (readonly [method: string, errors: readonly LocalizationError[]])[]): Table {
  return {
    title: "Queries located within",
    header: ["method", ...LOCALIZATION_THRESHOLDS.map(([distance, rotation]) => `${distance} m, ${rotation}°`)],
    rows: methods.map(([method, errors]) => [`ours, ${method}`, ...localizationAccuracy(errors).recalls.map(percent)]),
  };
}

/**
 * Poses as visuallocalization.net takes them, the identity for a query that was not located; and the photos of the map that
 * queries were compared with, as `--pairs` takes them.
 */
export function resultFiles(
  dataset: LocalizationSet,
  measured: readonly Measured<LocalizationMetrics>[],
): Readonly<Record<string, string>> {
  const methods = methodsOf(dataset, measured);
  const nowhere = [1, 0, 0, 0, 0, 0, 0];
  const lines = (method: EvaluatedMethod, nameOf: (query: string) => string) =>
    measured
      .map(({ metrics }) => `${nameOf(metrics.query)} ${(metrics.methods[method]?.pose ?? nowhere).join(" ")}\n`)
      .join("");
  const pairs = measured.flatMap(({ metrics: { scene, query, photos } }) =>
    photos.map((photo) => `${scene}/${query} ${scene}/${photo}\n`),
  );
  return Object.fromEntries([
    [`${dataset.name}_pairs.txt`, pairs.join("")],
    ...methods.flatMap((method) => [
      [`${dataset.name}_${method}_results.txt`, lines(method, (query) => query)],
      [`${dataset.name}_${method}_ltvl.txt`, lines(method, (query) => query.split("/").at(-1)!)],
    ]),
  ]);
}
