import { encode } from "fast-png";
import type { RgbImage } from "../core/rgb-image.ts";
import { base64FromBytes } from "../export/base64.ts";
import type { Example } from "../training/run/validation.ts";
import { type Curve, lineChart } from "./train-chart.ts";
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
  regression: "validation: mean distance of normalised points",
  gain: "validation: gain from the true partner",
};

/** `report.html`: a run at a glance, one page that needs neither server nor network. */
export function encodeTrainReport({ config, history, examples, written }: TrainReport): string {
  const { steps, validations } = history;
  const charts: (readonly [title: string, curve: Curve])[] = [
    ["training loss", steps.map(({ step, loss }) => [step, loss])],
    ...Object.keys(validations.at(-1)?.validation ?? {}).map((name) => {
      const curve = validations.map(({ step, validation }) => [step, validation[name] ?? Number.NaN] as const);
      return [MEASURES[name] ?? name, curve] as const;
    }),
    ["length of the gradient", steps.map(({ step, gradientNorm }) => [step, gradientNorm])],
    ["learning rate", steps.map(({ step, learningRate }) => [step, learningRate])],
  ];
  const last = steps.at(-1);
  const status = last === undefined ? "" : `step ${last.step}, ${last.pairsPerSecond.toFixed(1)} pairs/s, `;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Training run</title>
<style>${STYLE}</style>
<h1>Training run</h1>
<p>${status}written ${escapeHtml(written.toISOString())}</p>
<section class="charts">${charts.map(([title, curve]) => figure(escapeHtml(title), lineChart(curve))).join("")}</section>
<h2>Pairs that are never trained on</h2>
${examples.map(exampleRow).join("\n")}
<h2>Configuration</h2>
<pre>${escapeHtml(JSON.stringify(config, null, 2))}</pre>
</html>
`;
}

function exampleRow({ pictures }: Example): string {
  const figures = pictures.map(({ caption, image }) => {
    const { width, height } = image;
    const picture = `<img alt="" width="${width}" height="${height}" src="data:image/png;base64,${png(image)}">`;
    return figure(escapeHtml(caption), picture);
  });
  return `<section class="pictures">${figures.join("")}</section>`;
}

function figure(caption: string, content: string): string {
  return `<figure>${content}<figcaption>${caption}</figcaption></figure>`;
}

function png({ width, height, rgb }: RgbImage): string {
  return base64FromBytes(encode({ width, height, data: rgb, channels: 3 }));
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replaceAll(/[&<>"]/g, (char) => names[char]!);
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 88rem; padding: 0 1rem }
h2 { margin-top: 2rem }
section { display: flex; flex-wrap: wrap; gap: 1rem; margin-bottom: 1rem }
figure { margin: 0 }
figcaption { font-size: 13px; opacity: 0.75 }
.charts figure { width: 420px }
svg { width: 100% }
svg line { stroke: currentColor; opacity: 0.15 }
svg text { fill: currentColor; font-size: 11px; text-anchor: end }
svg .start { text-anchor: start }
svg polyline { fill: none; stroke: #c2410c; stroke-width: 1.5 }
img { image-rendering: pixelated; width: 200px; height: auto }
pre { overflow: auto; font-size: 13px }
`;
