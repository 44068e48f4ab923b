import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { bytesFromBase64 } from "../../core/base64.ts";
import type { StepReport } from "../run/training-run.ts";
import { parseTrainHistory } from "./train-history.ts";
import { encodeTrainReport } from "./train-report.ts";

const step = (number: number, loss: number): StepReport => ({
  step: number,
  stage: 0,
  loss,
  gradientNorm: 1,
  learningRate: 1e-3,
  details: { regressionLoss1: 0.4 },
  pairsPerSecond: 12.34,
  waiting: 0.1,
  secondsLeft: 60,
});
const line = (entry: object) => `${JSON.stringify({ time: "2026-01-01T00:00:00Z", ...entry })}\n`;

describe("the log is read back", () => {
  test("steps and validations, whatever else is there", () => {
    const validation = { loss: 1, gain: 0.1 };
    const log = [{ config: {} }, { note: "x" }, step(1, 3), { step: 1, validation }, step(2, 2)].map(line).join("");
    const { steps, validations } = parseTrainHistory(`${log}{"step": 3, "lo`);
    expect(steps.map(({ loss }) => loss)).toEqual([3, 2]);
    expect(validations).toMatchObject([{ step: 1, validation }]);
  });

  test("a run that went on from an older checkpoint is told once", () => {
    const log = [step(1, 5), step(10, 4), step(20, 3), { config: {} }, step(11, 3.5), step(21, 2)].map(line).join("");
    expect(parseTrainHistory(log).steps.map(({ step }) => step)).toEqual([1, 10, 11, 21]);
  });
});

describe("the page", () => {
  const image = { width: 2, height: 1, rgb: Uint8Array.of(255, 0, 0, 0, 0, 255) };
  const page = encodeTrainReport({
    config: { seed: 7, data: { shards: "</pre><script>alert(1)</script>" } },
    history: {
      steps: [step(1, 3), step(2, 2)],
      validations: [1, 2].map((number) => ({ step: number, validation: { loss: 1, gain: 0.1, regression: 0.5 } })),
    },
    examples: [{ pictures: [{ caption: "view 1", image }] }],
    written: new Date(0),
  });

  test("has a chart for every figure, the configuration and the examples", () => {
    for (const title of ["training loss", "validation loss", "gain from the true partner", "learning rate"]) {
      expect(page).toContain(title);
    }
    expect(page.match(/<svg /g)?.length).toBe(6);
    expect(page).toContain("step 2, 12.3 pairs/s");
    expect(page).toContain("&quot;seed&quot;: 7");
    const [, png] = /src="data:image\/png;base64,([^"]+)"/.exec(page)!;
    expect(decode(bytesFromBase64(png!))).toMatchObject({ width: 2, height: 1, data: image.rgb });
  });

  test("asks for nothing from elsewhere and lets no text become markup", () => {
    expect(page).not.toMatch(/<script|<link|@import|https?:|url\(/);
    expect(page).toContain("&lt;/pre&gt;&lt;script&gt;");
  });
});
