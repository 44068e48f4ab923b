import { lightTable } from "../photos/light-table.ts";
import { rotatedFile } from "../photos/rotated-file.ts";
import type { TrayPhoto } from "../photos/tray-photo.ts";
import type { Engine, EngineRun, FinishedScene } from "../scene/finished-scene.ts";
import type { Stage } from "../stage.ts";
import { runCard } from "./run-card.ts";
import { RunClock, type StagePace, stagesOf } from "./time-left.ts";

/** What a run is given besides photos. */
export interface StageRun extends Pick<EngineRun, "project" | "weights" | "dense"> {
  readonly engine: Engine;
  /** Of earlier runs. */
  readonly pace: StagePace;
  /** What the cancel button aborts. */
  readonly abort: AbortController;
  /** Done before photos are read, with the progress already on the stage. */
  readonly begin: () => Promise<void>;
}

/** The scene that an engine makes of photos, and the pace of it; the stage shows how far it is. The signal's reason when canceled. */
export async function runOnStage(
  stage: Stage,
  photos: readonly TrayPhoto[],
  { engine, pace, abort, begin, project, weights, dense }: StageRun,
): Promise<{ scene: FinishedScene; pace: StagePace }> {
  const seconds = (): number => performance.now() / 1000;
  const stages = stagesOf(photos.length, dense);
  const clock = new RunClock(photos.length, { stages, pace, now: seconds() });
  const card = runCard(photos.length, { stages, place: engine.place, onCancel: () => abort.abort() });
  const show = (): void => card.show(clock.status(seconds()));
  stage.show("running", lightTable(photos), card.node);
  show();
  const timer = setInterval(show, 500);
  try {
    await begin();
    const files = await Promise.all(photos.map((photo) => rotatedFile(photo).catch(() => photo.file)));
    const scene = await engine.reconstruct(files, {
      project,
      weights,
      dense,
      signal: abort.signal,
      onProgress: (event) => clock.step(event, seconds()),
    });
    return { scene, pace: clock.pace() };
  } finally {
    clearInterval(timer);
  }
}
