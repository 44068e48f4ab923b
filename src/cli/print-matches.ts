import type { View } from "../core/view.ts";
import type { PredictedPairs } from "../pipeline/predict-pairs.ts";
import { matchPhotos, type PhotoMatches } from "../tasks/match-photos.ts";
import { type Answer, answerAboutPhotos } from "./answer-about-photos.ts";
import type { MatchFlags } from "./commands/match.ts";
import { drawingFormat, drawMatches } from "./draw-matches.ts";

/** Prints the matches of two photos, and draws them where that is asked for. */
export async function printMatches(photos: readonly string[], flags: MatchFlags, signal: AbortSignal): Promise<void> {
  const { draw, minConfidence } = flags;
  if (draw !== undefined) drawingFormat(draw);
  const takes = { counts: [2], text: "match takes two photos" };
  const answer = async ({ views, predictions }: PredictedPairs, files: readonly string[]): Promise<Answer> => {
    const [view1, view2] = views as [View, View];
    const matches = matchPhotos([view1, view2], predictions, { minConfidence });
    if (draw !== undefined) await drawMatches(draw, { photos: files, views, matches });
    const count = matches.confidence.length;
    return {
      json: { matches: matchRows(matches) },
      text: `${count} matches of ${view1.name} and ${view2.name}${draw === undefined ? "" : `, drawn to ${draw}`}`,
      warnings: count > 0 ? [] : ["No pixels match: too few are confident; try a lower --min-confidence."],
    };
  };
  await answerAboutPhotos({ photos, flags, takes, answer }, signal);
}

/** `[x1, y1, x2, y2, confidence]` each, to a thousandth. */
function matchRows({ pixels1, pixels2, confidence }: PhotoMatches): number[][] {
  const rounded = (x: number) => Math.round(1000 * x) / 1000;
  return Array.from(confidence, (c, i) =>
    [pixels1[2 * i]!, pixels1[2 * i + 1]!, pixels2[2 * i]!, pixels2[2 * i + 1]!, c].map(rounded),
  );
}
