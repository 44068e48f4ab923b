import type { ReportData } from "../../src/export/report-data.ts";
import { element, iconButton } from "../../src/viewer/dom.ts";
import { type Measurements, NO_MEASUREMENTS } from "../../src/viewer/measurement.ts";
import { openViewer, type Viewer } from "../../src/viewer/viewer.ts";
import { History } from "./history.ts";
import type { OfflineState } from "./offline/keep-offline.ts";
import { listenToPage } from "./page-events.ts";
import { advicePhotos, adviceScene } from "./photos/capture-advice.ts";
import { holdsWeights, mayBePhoto } from "./photos/dropped-files.ts";
import { lightTable } from "./photos/light-table.ts";
import { PhotosPane } from "./photos/photos-pane.ts";
import { trayPhoto } from "./photos/preview.ts";
import { rotatedFile } from "./photos/rotated-file.ts";
import { moved, type TrayPhoto, turned } from "./photos/tray-photo.ts";
import { deleteProject, listProjects, openProject, type StoredPhoto, saveProject } from "./projects/project-store.ts";
import { chooseEngine } from "./run/choose-engine.ts";
import { loadPace, savePace } from "./run/kept-pace.ts";
import { runCard } from "./run/run-card.ts";
import { restoredScene, tabEngine } from "./run/tab-engine.ts";
import { FIRST_PACE, RunClock, type StagePace } from "./run/time-left.ts";
import { downloadsSection } from "./scene/downloads.ts";
import type { Engine, FinishedScene } from "./scene/finished-scene.ts";
import { loadSample } from "./scene/sample.ts";
import { createTabs } from "./tabs.ts";

const UNDO = "M7 4L3.5 7.5 7 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8";
const REDO = "M13 4l3.5 3.5L13 11M16 7.5H8.5a4.5 4.5 0 0 0 0 9H12";
const NEW = "M10 4v12M4 10h12";

/** What can be undone: the tray, and what was measured in the scene. */
interface Draft {
  readonly photos: readonly TrayPhoto[];
  readonly measurements: Measurements;
}

/** A scene on the stage with the photos it was made from. */
interface ShownScene {
  readonly scene: FinishedScene;
  readonly photos: readonly StoredPhoto[];
}

/** What the stage shows, as its `data-state`. */
type StageState = "empty" | "running" | "ready" | "failed";

const EMPTY: Draft = { photos: [], measurements: NO_MEASUREMENTS };

/** The app: photos, runs, scenes and projects, brought together. */
export class App {
  readonly #stage: HTMLElement;
  readonly #tabs = createTabs({ photos: "Photos", scene: "Scene" });
  readonly #pane: PhotosPane;
  readonly #notice = element("p", { className: "notice", role: "status", hidden: true });
  readonly #undo = iconButton("Undo", UNDO);
  readonly #redo = iconButton("Redo", REDO);
  readonly #history = new History<Draft>(EMPTY);
  #engine: Engine = tabEngine;
  #project: string = crypto.randomUUID();
  #isSample = false;
  #shown: ShownScene | null = null;
  #viewer: Viewer | null = null;
  #opening = new AbortController();
  #run: AbortController | null = null;
  #overlay: HTMLElement | null = null;
  #weights: File | null = null;
  #adding: Promise<void> = Promise.resolve();
  #pace: StagePace = FIRST_PACE;

  /** Fills the page; nothing is shown before `start`. */
  constructor(stage: HTMLElement, panel: HTMLElement) {
    this.#stage = stage;
    this.#pane = new PhotosPane(this.#tabs.panes.photos, {
      onFiles: (files) => this.addFiles(files),
      onReconstruct: () => this.reconstruct(),
      onMove: (id, by) => this.#changePhotos((photos) => moved(photos, id, by)),
      onTurn: (id) => this.#changePhotos((photos) => photos.map((one) => (one.id === id ? turned(one) : one))),
      onRemove: (id) => this.#changePhotos((photos) => photos.filter((one) => one.id !== id)),
      onOpen: (id) => this.#openProject(id),
      onDelete: (id) => this.#deleteProject(id),
      onEmbedded: () => this.#setWeights(null),
    });
    const fresh = iconButton("New scene", NEW);
    fresh.addEventListener("click", () => this.#begin(EMPTY));
    this.#undo.addEventListener("click", () => this.undo());
    this.#redo.addEventListener("click", () => this.redo());
    const buttons = element("div", { className: "head-buttons" }, this.#undo, this.#redo, fresh);
    panel.append(element("header", {}, element("h1", {}, "dust3r"), buttons), this.#tabs.bar);
    panel.append(this.#tabs.panes.photos, this.#tabs.panes.scene);
    document.body.append(this.#notice);
    listenToPage({
      onFiles: (files) => this.addFiles(files),
      onUndo: () => this.undo(),
      onRedo: () => this.redo(),
      onReconstruct: () => this.reconstruct(),
    });
  }

  /** Shows the latest project, or the sample to whoever comes for the first time. */
  async start(): Promise<void> {
    const chosen = chooseEngine().then((engine) => {
      this.#engine = engine;
    });
    const [latest] = await this.#listProjects();
    if (!latest || !(await this.#openProject(latest.id))) await this.#openSample();
    this.#pace = await loadPace();
    await chosen;
    this.#render();
  }

  /** Photos to add, or a file of weights to compute with. */
  async addFiles(files: readonly File[]): Promise<void> {
    if (this.#run) return this.#tell("Photos can be added when the run is over.");
    const weights = files.find(holdsWeights);
    if (weights) this.#setWeights(weights);
    const photos = files.filter(mayBePhoto);
    const others = files.filter((file) => !mayBePhoto(file) && !holdsWeights(file));
    if (others.length > 0) this.#tell(`${others.map(({ name }) => name).join(", ")}: no photo, left out.`);
    if (photos.length === 0) return;
    if (this.#isSample) this.#begin(EMPTY);
    this.#tabs.show("photos");
    // One after the other, so that those of an earlier drop come first.
    const added = Promise.all(photos.map((file) => trayPhoto(file)));
    this.#adding = this.#adding.then(async () => {
      const cards = await added;
      this.#changePhotos((before) => [...before, ...cards]);
    });
    await this.#adding;
  }

  /** Back by one step. */
  undo(): void {
    if (this.#run) return;
    this.#history.undo();
    this.#draftChanged();
  }

  /** Forward by one step that was undone. */
  redo(): void {
    if (this.#run) return;
    this.#history.redo();
    this.#draftChanged();
  }

  /** Says whether the app works without a network. */
  showOffline(state: OfflineState): void {
    this.#pane.showOffline(state);
  }

  /** Makes a scene of the photos on the tray. */
  async reconstruct(): Promise<void> {
    const { photos, measurements } = this.#history.present;
    if (photos.length === 0 || this.#run) return;
    const run = new AbortController();
    this.#run = run;
    const stored = photos.map(({ id, file, turns }) => ({ id, file, turns }));
    const before = this.#shown;
    this.#isSample = false;
    this.#closeScene();
    const seconds = (): number => performance.now() / 1000;
    const clock = new RunClock(photos.length, this.#pace, seconds());
    const card = runCard(photos.length, this.#engine.place, () => run.abort());
    const show = (): void => card.show(clock.status(seconds()));
    this.#setState("running", lightTable(photos), card.node);
    show();
    const timer = setInterval(show, 500);
    this.#render();
    try {
      await this.#save(true);
      const files = await Promise.all(photos.map((photo) => rotatedFile(photo).catch(() => photo.file)));
      const scene = await this.#engine.reconstruct(files, {
        project: this.#project,
        weights: this.#weights,
        signal: run.signal,
        onProgress: (event) => clock.step(event, seconds()),
      });
      this.#run = null;
      this.#pace = clock.pace();
      await savePace(this.#pace);
      this.#history.reset({ photos, measurements: NO_MEASUREMENTS });
      await this.#showScene({ scene, photos: stored });
      await this.#save(false, true);
      if (measurements.metersPerUnit !== null)
        this.#tell("The new scene has a scale of its own: measure a length again.");
    } catch (error) {
      this.#run = null;
      if (run.signal.aborted) {
        if (before) await this.#showScene(before);
        else this.#showPhotos();
        this.#tell("Canceled. What was finished is kept for the next run.");
      } else this.#fail(error);
      await this.#save(false);
    } finally {
      clearInterval(timer);
      this.#run = null;
      this.#render();
      await this.#listProjects();
    }
  }

  #begin(draft: Draft): void {
    if (this.#run) return;
    this.#project = crypto.randomUUID();
    this.#isSample = false;
    this.#shown = null;
    this.#history.reset(draft);
    this.#closeScene();
    this.#showPhotos();
    this.#tabs.show("photos");
    this.#render();
  }

  async #openSample(): Promise<void> {
    try {
      const { scene, photos } = await loadSample();
      this.#begin(EMPTY);
      this.#isSample = true;
      const shown = this.#showScene({ scene, photos: [] });
      this.#tabs.show("photos");
      const tray = await Promise.all((await photos()).map((file) => trayPhoto(file)));
      await shown;
      // Whoever was quick has begun something else.
      if (this.#isSample) this.#history.reset({ photos: tray, measurements: this.#history.present.measurements });
    } catch (error) {
      // The sample is a courtesy: without it the app works as well.
      this.#tell(`The sample scene cannot be shown: ${messageOf(error)}`);
      this.#begin(EMPTY);
    }
    this.#render();
  }

  async #openProject(id: string): Promise<boolean> {
    if (this.#run) return false;
    const project = await openProject(id);
    if (!project) return false;
    const { photos, measurements, scene, running } = project;
    const tray = await Promise.all(photos.map(async (one) => ({ ...(await trayPhoto(one.file, one.id)), ...one })));
    this.#begin({ photos: tray, measurements });
    this.#project = id;
    if (scene) {
      const files = await Promise.all(
        scene.photos.map((one) => rotatedFile({ ...one, preview: null }).catch(() => one.file)),
      );
      await this.#showScene({ scene: await restoredScene(scene, files), photos: scene.photos });
    }
    if (running) {
      this.#tabs.show("photos");
      this.#tell("The last run was interrupted. Reconstruct goes on where it stopped.");
    }
    this.#render();
    await this.#listProjects();
    return true;
  }

  async #deleteProject(id: string): Promise<void> {
    if (this.#run) return;
    await deleteProject(id);
    await this.#engine.forget(id);
    if (id === this.#project) this.#begin(EMPTY);
    await this.#listProjects();
  }

  async #listProjects(): ReturnType<typeof listProjects> {
    const projects = await listProjects();
    this.#pane.showProjects(projects, this.#project);
    return projects;
  }

  #changePhotos(change: (photos: readonly TrayPhoto[]) => readonly TrayPhoto[]): void {
    const { photos, measurements } = this.#history.present;
    const next = change(photos);
    if (this.#run || next === photos) return;
    if (this.#isSample) {
      this.#project = crypto.randomUUID();
      this.#isSample = false;
    }
    this.#history.push({ photos: next, measurements });
    this.#draftChanged();
  }

  #draftChanged(): void {
    this.#viewer?.showMeasurements(this.#history.present.measurements);
    if (!this.#viewer) this.#showPhotos();
    this.#render();
    void this.#save(false);
  }

  #measure(measurements: Measurements): void {
    this.#history.push({ ...this.#history.present, measurements });
    this.#draftChanged();
  }

  #setWeights(weights: File | null): void {
    this.#weights = weights;
    this.#render();
  }

  async #save(running: boolean, isNewScene = false): Promise<void> {
    const { photos, measurements } = this.#history.present;
    if (this.#isSample || photos.length === 0) return;
    const shown = this.#shown;
    const stored = shown?.scene.stored;
    const address = photos.find(({ preview }) => preview)?.preview?.address;
    const picture = address === undefined ? undefined : await (await fetch(address)).blob();
    const scene = shown && stored ? { photos: shown.photos, stored } : null;
    const kept = await saveProject({ id: this.#project, photos, measurements, scene, isNewScene, picture, running });
    if (!kept && isNewScene) this.#tell("This browser keeps no files: the scene is gone when the page is closed.");
  }

  #render(): void {
    const { photos } = this.#history.present;
    this.#undo.disabled = !this.#history.canUndo || this.#run !== null;
    this.#redo.disabled = !this.#history.canRedo || this.#run !== null;
    this.#tabs.enable("scene", this.#viewer !== null);
    this.#pane.show({
      photos,
      advice: advicePhotos(
        photos.map(({ file, preview }) => ({ name: file.name, sharpness: preview?.sharpness ?? null })),
      ),
      isRunning: this.#run !== null,
      isSample: this.#isSample,
      engine: this.#engine,
      weights: this.#weights?.name ?? null,
    });
  }

  #setState(state: StageState, ...overlay: readonly Node[]): void {
    this.#overlay?.remove();
    this.#overlay = null;
    if (overlay.length > 0) {
      this.#overlay = element("div", { className: "overlay" }, ...overlay);
      this.#stage.append(this.#overlay);
    }
    this.#stage.dataset.state = state;
  }

  #showPhotos(): void {
    const { photos } = this.#history.present;
    const hint = element("p", { className: "empty-hint" }, "Drop photos anywhere on this page");
    this.#setState("empty", photos.length > 0 ? lightTable(photos) : hint);
  }

  #closeScene(): void {
    this.#opening.abort();
    this.#viewer?.dispose();
    this.#viewer = null;
    this.#tabs.panes.scene.replaceChildren();
    this.#tabs.show("photos");
  }

  async #showScene(shown: ShownScene): Promise<void> {
    this.#closeScene();
    this.#shown = shown;
    const { scene } = shown;
    const pane = this.#tabs.panes.scene;
    const status = element("p", { className: "quiet" });
    pane.append(
      sceneHead(scene, this.#isSample, status),
      downloadsSection(scene, {
        metersPerUnit: () => this.#history.present.measurements.metersPerUnit,
        onProblem: (problem) => this.#tell(problem),
      }),
    );
    this.#setState("running");
    const opening = new AbortController();
    this.#opening = opening;
    const viewer = await openViewer({ stage: this.#stage, panel: pane }, scene.data, {
      measurements: this.#history.present.measurements,
      onStatus: (text) => {
        status.textContent = text;
      },
      onMeasure: (measurements) => this.#measure(measurements),
      signal: opening.signal,
    });
    if (opening.signal.aborted) {
      viewer.dispose();
      return;
    }
    this.#viewer = viewer;
    this.#setState("ready");
    this.#tabs.enable("scene", true);
    if (!this.#isSample) this.#tabs.show("scene");
  }

  #fail(error: unknown): void {
    const text = element("p", { className: "failed-reason" }, messageOf(error));
    const card = element("section", { className: "run-card failed", role: "alert" });
    card.append(element("h2", {}, "There is no scene"), text);
    this.#setState("failed", lightTable(this.#history.present.photos), card);
  }

  #tell(text: string): void {
    this.#notice.textContent = text;
    this.#notice.hidden = false;
    setTimeout(() => {
      if (this.#notice.textContent === text) this.#notice.hidden = true;
    }, 8000);
  }
}

function sceneHead({ data, leftOut }: FinishedScene, isSample: boolean, status: HTMLElement): HTMLElement {
  const advice = [...leftOut.map((name) => `${name} cannot be read and was left out.`), ...adviceScene(data)];
  const lines = advice.map((line) => element("li", {}, line));
  const about = isSample ? [element("p", {}, "A sample: four pictures of a courtyard, drawn by a computer.")] : [];
  return element(
    "section",
    { className: "scene-head" },
    element("h2", { className: "scene-title" }, titleOf(data)),
    status,
    ...about,
    ...(lines.length > 0 ? [element("ul", { className: "advice" }, ...lines)] : []),
  );
}

function titleOf({ images, status }: ReportData): string {
  const registered = images.filter((image) => image.registered).length;
  if (status === "no-evidence") return "A doubtful scene";
  return registered === images.length ? "The scene is ready" : `${registered} of ${images.length} photos fit together`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
