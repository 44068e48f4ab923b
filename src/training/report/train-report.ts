import { encode } from "fast-png";
import type { RgbImage } from "../../core/rgb-image.ts";
import { figure, figureRow, picture } from "../../formats/html/figure.ts";
import { lineChart } from "../../formats/html/line-chart.ts";
import { htmlPage } from "../../formats/html/page.ts";
import type { Curve } from "../../formats/html/plot.ts";
import { heading, jsonBlock, paragraph } from "../../formats/html/text.ts";
import type { Example } from "../objectives/validation.ts";
import type { TrainHistory } from "./train-history.ts";

/** What the page shows. */
export interface TrainReport {
  readonly config: object;
  readonly history: TrainHistory;
  readonly examples: readonly Example[];
  readonly written: Date;
}

/** What a validation result's fields are called. */
const MEASURES: Readonly<Record<string, string>> = {
  loss: "validation loss",
  regression: "validation: mean distance of normalized points",
  gain: "validation: gain from the true partner",
};

/** `report.html`: a run at a glance, one page that needs neither server nor network. */
export function encodeTrainReport({ config, history, examples, written }: TrainReport): string {
  const last = history.steps.at(-1);
  const status = last === undefined ? "" : `step ${last.step}, ${last.pairsPerSecond.toFixed(1)} pairs/s, `;
  return htmlPage("Training run", [
    paragraph(`${status}written ${written.toISOString()}`),
    figureRow(curvesOf(history).map(([title, points]) => figure(title, lineChart(points)))),
    heading("Pairs that are never trained on"),
    ...examples.map(({ pictures }) => figureRow(pictures.map(({ caption, image }) => figure(caption, png(image))))),
    heading("Configuration"),
    jsonBlock(config),
  ]);
}

function curvesOf({ steps, validations }: TrainHistory): (readonly [title: string, points: Curve["points"]])[] {
  return [
    ["training loss", steps.map(({ step, loss }) => [step, loss])],
    ...Object.keys(validations.at(-1)?.validation ?? {}).map((name) => {
      const points = validations.map(({ step, validation }) => [step, validation[name] ?? Number.NaN] as const);
      return [MEASURES[name] ?? name, points] as const;
    }),
    ["length of the gradient", steps.map(({ step, gradientNorm }) => [step, gradientNorm])],
    ["learning rate", steps.map(({ step, learningRate }) => [step, learningRate])],
  ];
}

function png({ width, height, rgb }: RgbImage): string {
  return picture(encode({ width, height, data: rgb, channels: 3 }), "image/png");
}
