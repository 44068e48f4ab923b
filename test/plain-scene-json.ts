import type { Scene } from "../src/core/scene.ts";
import { trackPointsOf } from "../src/core/track-points.ts";
import type { View } from "../src/core/view.ts";
import { summarizeTracks } from "../src/export/tracks/summarize-tracks.ts";
import type { SceneJson } from "../src/scene-file/scene-format.ts";
import { type RunFacts, sceneJson } from "../src/scene-file/scene-json.ts";

const NO_RUN: RunFacts = { model: { name: "", dtype: "", device: "" }, timings: {}, peakMemoryBytes: 0 };

/** A `scene.json` of which only the photos matter: without maps, shared points and warnings. */
export function plainSceneJson(scene: Scene, views: readonly View[], run: RunFacts = NO_RUN): SceneJson {
  const trackSummary = summarizeTracks(trackPointsOf([]), views);
  return sceneJson(scene, views, { run, maps: null, trackSummary, status: "ok", warnings: [], minConfidence: 1 });
}
