import { toggle } from "../../../src/viewer/controls-section.ts";
import { element } from "../../../src/viewer/dom.ts";
import { countPhotos } from "../../../src/viewer/viewer.ts";
import type { OfflineState } from "../offline/keep-offline.ts";
import { type ProjectActions, projectList } from "../projects/project-list.ts";
import type { ProjectSummary } from "../projects/project-store.ts";
import type { Engine } from "../scene/finished-scene.ts";
import { type TrayActions, trayList } from "./tray.ts";
import type { TrayPhoto } from "./tray-photo.ts";

/** What the pane's controls do. */
export interface PaneActions extends TrayActions, ProjectActions {
  readonly onFiles: (files: readonly File[]) => void;
  readonly onReconstruct: () => void;
  /** Depth is to be measured between photos, or not. */
  readonly onDense: (dense: boolean) => void;
  /** Back to the embedded weights. */
  readonly onEmbedded: () => void;
}

/** What the pane shows. */
export interface PaneState {
  readonly photos: readonly TrayPhoto[];
  readonly advice: readonly string[];
  readonly isRunning: boolean;
  /** What is being read for the tray, in words; null when nothing is. */
  readonly reading: string | null;
  readonly isSample: boolean;
  /** The scene on the stage was made from these photos. */
  readonly isFinished: boolean;
  readonly engine: Engine;
  readonly dense: boolean;
  /** Name of the user's weights; null for the embedded ones. */
  readonly weights: string | null;
}

const OFFLINE: Readonly<Record<OfflineState, string>> = {
  loading: "Getting ready to work without a network …",
  ready: "Works without a network from now on.",
  unsupported: "",
};
const TYPES = "image/*,video/*,.heic,.heif,.safetensors,.pth";

/** The pane of photos: what to add, the tray, the one button, the projects. */
export class PhotosPane {
  readonly #actions: PaneActions;
  readonly #intro = element("p", { className: "intro" });
  readonly #drop = element("b");
  readonly #input = element("input", { type: "file", multiple: true, accept: TYPES, id: "photo-input" });
  readonly #camera = element("input", { type: "file", accept: "image/*", className: "unseen" });
  readonly #tray = element("div");
  readonly #advice = element("div");
  readonly #button = element("button", { type: "button", className: "primary" });
  readonly #dense: HTMLLabelElement;
  readonly #weights = element("p", { className: "quiet small" });
  readonly #privacy = element("span");
  readonly #offline = element("span", { role: "status" });
  readonly #projects = element("div", { className: "pane-part" });

  /** Fills `host`; `show` says with what. */
  constructor(host: HTMLElement, actions: PaneActions) {
    this.#actions = actions;
    this.#input.className = "unseen";
    this.#input.dataset.testid = "photo-input";
    this.#button.dataset.testid = "reconstruct";
    this.#offline.dataset.testid = "offline";
    this.#camera.setAttribute("capture", "environment");
    for (const input of [this.#input, this.#camera]) {
      input.addEventListener("change", () => {
        actions.onFiles([...(input.files ?? [])]);
        // The same file may be chosen again after it was removed.
        input.value = "";
      });
    }
    this.#button.addEventListener("click", actions.onReconstruct);
    this.#dense = toggle("Dense: depth from the photos, takes longer", true, actions.onDense);
    this.#dense.dataset.testid = "dense";
    const zone = element(
      "label",
      { className: "drop-zone", htmlFor: this.#input.id },
      this.#drop,
      element("small", {}, "or a video", element("span", { className: "for-mouse" }, "; drop or paste them anywhere")),
    );
    const camera = element("label", { className: "take-photo" }, this.#camera, "Take a photo");
    const privacy = element("p", { className: "privacy" }, this.#privacy, " ", this.#offline);
    host.append(
      element(
        "section",
        {},
        this.#intro,
        element("div", { className: "add-photos" }, this.#input, zone, camera),
        this.#tray,
        this.#advice,
        element("div", { className: "go" }, this.#button),
        this.#dense,
        this.#weights,
        privacy,
      ),
      this.#projects,
    );
  }

  /** Brings the pane in line with the state. */
  show({ photos, advice, isRunning, reading, isSample, isFinished, engine, dense, weights }: PaneState): void {
    const focused = focusInTray();
    const buttonText = (): string => {
      if (isRunning) return "Reconstructing …";
      if (reading !== null) return reading;
      if (photos.length === 0) return "Reconstruct";
      if (isSample) return `Reconstruct these ${photos.length} photos`;
      return isFinished ? "Reconstruct again" : `Reconstruct ${countPhotos(photos.length)}`;
    };
    this.#intro.textContent = isSample
      ? "Photos in, 3D out. Here is a sample; add three to twenty photos of a place of your own, each taken a step from the last."
      : photos.length === 0
        ? "Photos in, 3D out. Three to twenty photos of one place, each taken a step from the last."
        : "";
    this.#intro.hidden = this.#intro.textContent === "";
    this.#drop.textContent = photos.length === 0 || isSample ? "Choose photos" : "Add photos";
    for (const input of [this.#input, this.#camera]) input.disabled = isRunning;
    this.#tray.replaceChildren(...(photos.length > 0 ? [trayList(photos, this.#actions)] : []));
    this.#tray.inert = isRunning;
    const lines = advice.map((line) => element("li", {}, line));
    this.#advice.replaceChildren(...(lines.length > 0 ? [element("ul", { className: "advice" }, ...lines)] : []));
    this.#button.disabled = isRunning || reading !== null || photos.length === 0;
    this.#button.classList.toggle("again", isFinished);
    this.#button.textContent = buttonText();
    const input = this.#dense.querySelector("input")!;
    input.checked = dense;
    input.disabled = isRunning;
    this.#dense.hidden = photos.length < 2;
    this.#showWeights(weights);
    this.#privacy.textContent = engine.privacy;
    this.#offline.hidden = !engine.isHere;
    focused?.();
  }

  /** The projects that are kept. */
  showProjects(projects: readonly ProjectSummary[], current: string | null): void {
    this.#projects.replaceChildren(projectList(projects, current, this.#actions));
  }

  /** Whether the app works without a network. */
  showOffline(state: OfflineState): void {
    this.#offline.textContent = OFFLINE[state];
    this.#offline.dataset.state = state;
  }

  #showWeights(weights: string | null): void {
    this.#weights.hidden = weights === null;
    if (weights === null) return;
    const back = element("button", { type: "button", className: "plain" }, "Use the embedded ones");
    back.addEventListener("click", this.#actions.onEmbedded);
    this.#weights.replaceChildren(`With the weights ${weights} `, back);
  }
}

/** Gives back the focus to the same button of the same photo, which a new tray has made anew. */
function focusInTray(): (() => void) | undefined {
  const { activeElement } = document;
  const id = activeElement?.closest<HTMLElement>("li[data-id]")?.dataset.id;
  const action = activeElement instanceof HTMLElement ? activeElement.dataset.action : undefined;
  if (id === undefined) return undefined;
  return () => {
    const card = [...document.querySelectorAll<HTMLElement>("li[data-id]")].find((one) => one.dataset.id === id);
    const buttons = [...(card?.querySelectorAll("button") ?? [])].filter((button) => !button.disabled);
    (buttons.find((button) => button.dataset.action === action) ?? buttons[0])?.focus();
  };
}
