import { NO_MEASUREMENTS } from "../../src/viewer/measurement.ts";
import { type Draft, EMPTY_DRAFT } from "./draft.ts";
import { History } from "./history.ts";
import { messageOf } from "./message-of.ts";
import { Notice } from "./notice.ts";
import type { OfflineState } from "./offline/keep-offline.ts";
import { listenToPage } from "./page-events.ts";
import { type PanelHead, panelHead } from "./panel-head.ts";
import { advicePhotos } from "./photos/capture-advice.ts";
import { sortedFiles } from "./photos/dropped-files.ts";
import { PhotoReader } from "./photos/photo-reader.ts";
import { PhotosPane } from "./photos/photos-pane.ts";
import { trayPhoto } from "./photos/preview.ts";
import { areSamePhotos, moved, type TrayPhoto, turned } from "./photos/tray-photo.ts";
import { keepDraft, openDraft, type ShownScene } from "./projects/kept-draft.ts";
import { deleteProject, listProjects } from "./projects/project-store.ts";
import { chooseEngine } from "./run/choose-engine.ts";
import { loadPace, savePace } from "./run/kept-pace.ts";
import { runOnStage } from "./run/run-on-stage.ts";
import { tabEngine } from "./run/tab-engine.ts";
import { FIRST_PACE, type StagePace } from "./run/time-left.ts";
import type { Engine } from "./scene/finished-scene.ts";
import { loadSample } from "./scene/sample.ts";
import { ScenePlace } from "./scene/scene-place.ts";
import { Stage } from "./stage.ts";
import { createTabs } from "./tabs.ts";

/** The app: photos, runs, scenes and projects, brought together. */
export class App {
  readonly #stage: Stage;
  readonly #tabs = createTabs({ photos: "Photos", scene: "Scene" });
  readonly #head: PanelHead;
  readonly #pane: PhotosPane;
  readonly #place: ScenePlace;
  readonly #notice = new Notice(document.body);
  readonly #reader = new PhotoReader(() => this.#render());
  readonly #history = new History<Draft>(EMPTY_DRAFT);
  #engine: Engine = tabEngine;
  #project: string = crypto.randomUUID();
  #isSample = false;
  #shown: ShownScene | null = null;
  #run: AbortController | null = null;
  #weights: File | null = null;
  #dense = true;
  #pace: StagePace = FIRST_PACE;
  /** Counts what users begin, so that what was begun before and takes its time gives way. */
  #turn = 0;

  /** Fills the page; nothing is shown before `start`. */
  constructor(stage: HTMLElement, panel: HTMLElement) {
    this.#stage = new Stage(stage);
    this.#place = new ScenePlace(this.#stage, this.#tabs.panes.scene);
    this.#pane = new PhotosPane(this.#tabs.panes.photos, {
      onFiles: (files) => this.addFiles(files),
      onReconstruct: () => this.reconstruct(),
      onMove: (id, by) => this.#changePhotos((photos) => moved(photos, id, by)),
      onTurn: (id) => this.#changePhotos((photos) => photos.map((one) => (one.id === id ? turned(one) : one))),
      onRemove: (id) => this.#changePhotos((photos) => photos.filter((one) => one.id !== id)),
      onOpen: (id) => this.#openProject(id),
      onDelete: (id) => this.#deleteProject(id),
      onDense: (dense) => this.#setDense(dense),
      onEmbedded: () => this.#setWeights(null),
    });
    const steps = { onUndo: () => this.undo(), onRedo: () => this.redo() };
    this.#head = panelHead({ ...steps, onNew: () => this.#begin(EMPTY_DRAFT) });
    panel.append(this.#head.node, this.#tabs.bar, this.#tabs.panes.photos, this.#tabs.panes.scene);
    listenToPage({ ...steps, onFiles: (files) => this.addFiles(files), onReconstruct: () => this.reconstruct() });
    this.#render();
  }

  /** Shows the latest project, or the sample to whoever comes for the first time. */
  async start(): Promise<void> {
    const turn = this.#turn;
    const chosen = chooseEngine().then((engine) => {
      this.#engine = engine;
    });
    const [latest] = await this.#listProjects();
    if (turn === this.#turn && !(latest && (await this.#openProject(latest.id)))) await this.#openSample();
    this.#pace = await loadPace();
    await chosen;
    this.#render();
  }

  /** Photos and videos to add, or a file of weights to compute with. */
  async addFiles(files: readonly File[]): Promise<void> {
    if (this.#run) return this.#notice.show("Photos can be added when the run is over.");
    const { pictures, weights, others } = sortedFiles(files);
    if (weights) this.#setWeights(weights);
    if (others.length > 0) this.#notice.show(`${others.map(({ name }) => name).join(", ")}: no photo, left out.`);
    if (pictures.length === 0) return;
    this.#turn++;
    if (this.#isSample || this.#stage.node.dataset.state === "running") this.#begin(EMPTY_DRAFT);
    const project = this.#project;
    this.#tabs.show("photos");
    const { photos, problems } = await this.#reader.read(pictures);
    if (problems.length > 0) this.#notice.show(problems.join("\n"));
    if (project === this.#project && photos.length > 0) this.#changePhotos((before) => [...before, ...photos]);
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
    if (photos.length === 0 || this.#run || this.#reader.reading !== null) return;
    const abort = new AbortController();
    this.#run = abort;
    this.#turn++;
    const before = this.#shown;
    this.#isSample = false;
    this.#closeScene();
    const done = runOnStage(this.#stage, photos, {
      engine: this.#engine,
      pace: this.#pace,
      abort,
      begin: () => this.#save(true),
      project: this.#project,
      weights: this.#weights,
      dense: this.#dense,
    });
    this.#render();
    try {
      const { scene, pace } = await done;
      this.#run = null;
      this.#pace = pace;
      await savePace(pace);
      this.#history.reset({ photos, measurements: NO_MEASUREMENTS });
      await this.#showScene({ scene, photos: photos.map(({ id, file, turns }) => ({ id, file, turns })) });
      await this.#save(false, true);
      if (measurements.metersPerUnit !== null)
        this.#notice.show("The new scene has a scale of its own: measure a length again.");
    } catch (error) {
      this.#run = null;
      if (abort.signal.aborted) {
        if (before) await this.#showScene(before);
        else this.#stage.showPhotos(photos);
        this.#notice.show("Canceled. What was finished is kept for the next run.");
      } else this.#stage.fail(photos, messageOf(error));
      await this.#save(false);
    } finally {
      this.#run = null;
      this.#render();
      await this.#listProjects();
    }
  }

  #begin(draft: Draft): void {
    if (this.#run) return;
    this.#turn++;
    this.#project = crypto.randomUUID();
    this.#isSample = false;
    this.#shown = null;
    this.#history.reset(draft);
    this.#closeScene();
    this.#stage.showPhotos(draft.photos);
    this.#render();
    void this.#listProjects();
  }

  async #openSample(): Promise<void> {
    const turn = this.#turn;
    try {
      const { scene, photos } = await loadSample();
      if (turn !== this.#turn) return;
      this.#begin(EMPTY_DRAFT);
      this.#isSample = true;
      const shown = this.#showScene({ scene, photos: [] });
      this.#tabs.show("photos");
      const tray = await Promise.all((await photos()).map((file) => trayPhoto(file)));
      await shown;
      // Whoever was quick has begun something else.
      if (this.#isSample) this.#history.reset({ photos: tray, measurements: this.#history.present.measurements });
    } catch (error) {
      // The sample is a courtesy: without it the app works as well.
      this.#notice.show(`The sample scene cannot be shown: ${messageOf(error)}`);
      if (turn === this.#turn) this.#begin(EMPTY_DRAFT);
    }
    this.#render();
  }

  async #openProject(id: string): Promise<boolean> {
    if (this.#run) return false;
    const turn = ++this.#turn;
    const kept = await openDraft(id);
    if (!kept) return false;
    if (turn !== this.#turn) return true;
    this.#begin(kept.draft);
    this.#project = id;
    if (kept.scene) await this.#showScene(await kept.scene());
    if (kept.running) {
      this.#tabs.show("photos");
      this.#notice.show("The last run was interrupted. Reconstruct goes on where it stopped.");
    }
    this.#render();
    await this.#listProjects();
    return true;
  }

  async #deleteProject(id: string): Promise<void> {
    if (this.#run) return;
    await deleteProject(id);
    await this.#engine.forget(id);
    if (id === this.#project) this.#begin(EMPTY_DRAFT);
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
    const { photos, measurements } = this.#history.present;
    this.#place.showMeasurements(measurements);
    if (!this.#place.isOpen) this.#stage.showPhotos(photos);
    this.#render();
    void this.#save(false);
  }

  #setDense(dense: boolean): void {
    this.#dense = dense;
    this.#render();
  }

  #setWeights(weights: File | null): void {
    this.#weights = weights;
    this.#render();
  }

  async #save(running: boolean, isNewScene = false): Promise<void> {
    const { present } = this.#history;
    if (this.#isSample || present.photos.length === 0) return;
    const kept = await keepDraft(this.#project, present, { shown: this.#shown, isNewScene, running });
    if (!kept && isNewScene)
      this.#notice.show("This browser keeps no files: the scene is gone when the page is closed.");
  }

  #render(): void {
    const { photos } = this.#history.present;
    const isIdle = this.#run === null;
    this.#head.enable({ undo: this.#history.canUndo && isIdle, redo: this.#history.canRedo && isIdle, fresh: isIdle });
    this.#tabs.enable("scene", this.#place.isOpen);
    this.#pane.show({
      photos,
      advice: advicePhotos(
        photos.map(({ file, preview }) => ({ name: file.name, sharpness: preview?.sharpness ?? null })),
      ),
      isRunning: !isIdle,
      reading: this.#reader.reading,
      isSample: this.#isSample,
      isFinished: this.#shown !== null && isIdle && areSamePhotos(photos, this.#shown.photos),
      engine: this.#engine,
      dense: this.#dense,
      weights: this.#weights?.name ?? null,
    });
  }

  #closeScene(): void {
    this.#place.close();
    this.#tabs.show("photos");
  }

  async #showScene(shown: ShownScene): Promise<void> {
    this.#shown = shown;
    const isOpen = await this.#place.open(shown.scene, {
      isSample: this.#isSample,
      measurements: () => this.#history.present.measurements,
      onMeasure: (measurements) => {
        this.#history.push({ ...this.#history.present, measurements });
        this.#draftChanged();
      },
      onProblem: (problem) => this.#notice.show(problem),
    });
    if (!isOpen) return;
    this.#tabs.enable("scene", true);
    if (!this.#isSample) this.#tabs.show("scene");
  }
}
