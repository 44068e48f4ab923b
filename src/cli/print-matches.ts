import { openOutputFile } from "#platform";
import { findPhotos } from "../images/find-photos.ts";
import type { MatchMethod } from "../pipeline/match-methods.ts";
import { matchPhotos } from "../pipeline/match-photos.ts";
import type { PhotoMatches } from "../tasks/match-views.ts";
import { drawingFormat, drawMatches } from "./draw-matches.ts";
import { printAnswer } from "./print-answer.ts";
import { type ForceFlags, modelOptions, type ViewFlags } from "./shared-options.ts";

/** Flags of `dust3r match`. */
export interface MatchFlags extends ViewFlags, ForceFlags {
  readonly method: MatchMethod;
  readonly minConfidence?: number;
  readonly featureSize: number;
  readonly draw?: string;
}

const NOTHING: Readonly<Record<MatchMethod, string>> = {
  dense: "No pixels match: too few are confident; try a lower --min-confidence.",
  features: "No features of the two photos agree beyond chance, or are as confident as asked for; try --method dense.",
};

/** Prints the matches of two photos, and draws them where that is asked for. */
export async function printMatches(photos: readonly string[], flags: MatchFlags, signal: AbortSignal): Promise<void> {
  const { draw, force, method, minConfidence, featureSize } = flags;
  const format = draw === undefined ? undefined : drawingFormat(draw);
  await printAnswer(flags, signal, async (run) => {
    const files = await findPhotos(photos);
    await using drawing = draw === undefined ? undefined : await openOutputFile(draw, { inputs: files, force });
    const matches = await matchPhotos(files, { ...modelOptions(flags), method, minConfidence, featureSize, ...run });
    if (format !== undefined) {
      await drawing!.write(await drawMatches(format, { photos: files, views: matches.views, matches }));
      await drawing!.commit();
    }
    const count = matches.confidence.length;
    const names = matches.views.map(({ name }) => name).join(" and ");
    const status = count > 0 ? matches.status : "no-evidence";
    const few = count > 0 ? [] : [NOTHING[method]];
    const warnings = [...matches.warnings, ...few];
    return {
      json: { status, warnings, method, matches: matchRows(matches) },
      text: `${count} matches of ${names}${draw === undefined ? "" : `, drawn to ${draw}`}`,
      warnings,
    };
  });
}

/** `[x1, y1, x2, y2, confidence]` each, to a thousandth. */
function matchRows({ pixels1, pixels2, confidence }: PhotoMatches): number[][] {
  const rounded = (x: number) => Math.round(1000 * x) / 1000;
  return Array.from(confidence, (c, i) =>
    [pixels1[2 * i]!, pixels1[2 * i + 1]!, pixels2[2 * i]!, pixels2[2 * i + 1]!, c].map(rounded),
  );
}
