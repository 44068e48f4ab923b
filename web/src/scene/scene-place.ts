import { element } from "../../../src/viewer/dom.ts";
import type { Measurements } from "../../../src/viewer/measurement.ts";
import { openViewer, type Viewer } from "../../../src/viewer/viewer.ts";
import type { Stage } from "../stage.ts";
import { downloadsSection } from "./downloads.ts";
import type { FinishedScene } from "./finished-scene.ts";
import { sceneHead } from "./scene-head.ts";

/** What a scene on the stage asks and tells. */
export interface OpenSceneOptions {
  readonly isSample: boolean;
  /** The present ones, whenever they are asked for. */
  readonly measurements: () => Measurements;
  readonly onMeasure: (measurements: Measurements) => void;
  readonly onProblem: (problem: string) => void;
}

/** The place of the finished scene: the stage, and the pane beside it. One scene is there at a time. */
export class ScenePlace {
  readonly #stage: Stage;
  readonly #pane: HTMLElement;
  #viewer: Viewer | null = null;
  #opening = new AbortController();

  constructor(stage: Stage, pane: HTMLElement) {
    this.#stage = stage;
    this.#pane = pane;
  }

  /** Whether a scene is drawn. */
  get isOpen(): boolean {
    return this.#viewer !== null;
  }

  /** Draws a scene in place of the one before; false where it was closed before it stood. */
  async open(scene: FinishedScene, options: OpenSceneOptions): Promise<boolean> {
    this.close();
    const { isSample, measurements, onMeasure, onProblem } = options;
    const status = element("p", { className: "quiet" });
    this.#pane.append(
      sceneHead(scene, isSample, status),
      downloadsSection(scene, { metersPerUnit: () => measurements().metersPerUnit, onProblem }),
    );
    this.#stage.show("running");
    const opening = new AbortController();
    this.#opening = opening;
    const viewer = await openViewer({ stage: this.#stage.node, panel: this.#pane }, scene.data, {
      measurements: measurements(),
      // They stand in the head of the pane.
      warnings: [],
      onStatus: (text) => {
        status.textContent = text;
      },
      onMeasure,
      signal: opening.signal,
    });
    if (opening.signal.aborted) {
      viewer.dispose();
      return false;
    }
    this.#viewer = viewer;
    this.#stage.show("ready");
    return true;
  }

  /** Draws these measurements, where there is a scene. */
  showMeasurements(measurements: Measurements): void {
    this.#viewer?.showMeasurements(measurements);
  }

  /** Frees the scene, or ends its opening. */
  close(): void {
    this.#opening.abort();
    this.#viewer?.dispose();
    this.#viewer = null;
    this.#pane.replaceChildren();
  }
}
