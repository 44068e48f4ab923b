import { confidenceCode, confidenceOfCode, MEASURED_CODE, type ReportData } from "../export/report-data.ts";
import { choice, confidenceSlider, slider, toggle } from "./controls-section.ts";
import { element, formatCount } from "./dom.ts";
import { factsSection, pairsSection } from "./facts-section.ts";
import { listenToKeys, ORBIT_HELP } from "./keyboard-orbit.ts";
import { lookBar } from "./look-bar.ts";
import { openMatchesDialog } from "./matches-dialog.ts";
import { measureBar } from "./measure-bar.ts";
import { MeasureTool } from "./measure-tool.ts";
import { type Measurements, NO_MEASUREMENTS } from "./measurement.ts";
import { obstacle, warningBanner } from "./notices.ts";
import { OrbitCanvas } from "./orbit-canvas.ts";
import { openPhotoDialog } from "./photo-dialog.ts";
import { photoList } from "./photos-section.ts";
import type { Coloring } from "./point-cloud.ts";
import { saveFile } from "./save-file.ts";
import { type Drawing, SceneView } from "./scene-view.ts";
import { stageTools } from "./stage-tools.ts";
import { WALK_HELP, Walk } from "./walk.ts";
import { walkPad } from "./walk-pad.ts";

const COLORINGS: Readonly<Record<Coloring, string>> = {
  picture: "as in the photos",
  photo: "by photo",
  confidence: "by confidence",
};
const DRAWINGS: Readonly<Record<Drawing, string>> = { points: "points", surface: "surface" };
const FIRST_POINT_SCALE = 1.3;

/** Where a viewer draws, and where its controls go; what it puts there leaves with it. */
export interface ViewerPlace {
  readonly stage: HTMLElement;
  readonly panel: HTMLElement;
}

/** What a viewer tells. */
export interface ViewerOptions {
  /** What is drawn, or which photo is being opened, in a few words. */
  readonly onStatus?: (text: string) => void;
  /** The user measured, deleted a measurement or typed a true length. */
  readonly onMeasure?: (measurements: Measurements) => void;
  readonly measurements?: Measurements | undefined;
  /** What lies over the scene as warnings; the scene's own unless given. */
  readonly warnings?: readonly string[] | undefined;
  /** Ends the opening early. */
  readonly signal?: AbortSignal | undefined;
}

/** An open scene. */
export interface Viewer {
  /** Draws these measurements; with `metersPerUnit` lengths are told in meters. */
  showMeasurements(measurements: Measurements): void;
  /** Frees the graphics memory and empties the place. */
  dispose(): void;
}

/** "1 photo", "4 photos". */
export function countPhotos(count: number): string {
  return `${count} ${count === 1 ? "photo" : "photos"}`;
}

/**
 * Opens a scene: the one viewer of the report page and of the app. Where it cannot be drawn, the reason stands in its place, and
 * the panel still lists the photos.
 */
export async function openViewer(place: ViewerPlace, data: ReportData, options: ViewerOptions = {}): Promise<Viewer> {
  const { stage, panel } = place;
  const added: Node[] = [];
  const put = (parent: HTMLElement, ...nodes: (Node | "")[]): void => {
    const real = nodes.filter((node) => node !== "");
    added.push(...real);
    parent.append(...real);
  };
  put(stage, warningBanner(options.warnings ?? data.warnings));
  const { canvas, reason } = createCanvas(stage, data);
  const empty = (): void => {
    canvas?.dispose();
    for (const node of added) node.parentNode?.removeChild(node);
  };
  if (canvas) return { ...(await present(canvas, data, { put, place, options })), dispose: empty };
  put(stage, obstacle(reason));
  const list = photoList(data, { onLook() {}, onToggle() {} });
  put(
    panel,
    list.node,
    pairsSection(data, () => {}),
    factsSection(data, 0),
  );
  return { showMeasurements() {}, dispose: empty };
}

interface Setting {
  readonly put: (parent: HTMLElement, ...nodes: (Node | "")[]) => void;
  readonly place: ViewerPlace;
  readonly options: ViewerOptions;
}

/** Fills the place: the panel beside the canvas, then the scene photo by photo. */
async function present(
  canvas: OrbitCanvas,
  data: ReportData,
  { put, place: { stage, panel }, options }: Setting,
): Promise<Omit<Viewer, "dispose">> {
  const { onStatus = () => {}, onMeasure = () => {}, signal } = options;
  const photos = countPhotos(data.images.length);
  const view = new SceneView(canvas, data);
  const labels = element("div", { className: "lengths", ariaHidden: "true" });
  const measuring = new MeasureTool(canvas, view, labels);
  await measuring.prepare();
  for (const [i, image] of data.images.entries()) {
    if (signal?.aborted) break;
    onStatus(`Opening photo ${i + 1} of ${data.images.length}`);
    await view.add(image);
  }

  const showCount = (drawn: number): void => onStatus(`${photos} · ${formatCount(drawn)} points drawn`);
  const setMinCode = (code: number): void => {
    const drawn = view.setMinCode(code);
    const isMeasured = data.measured && code === MEASURED_CODE;
    confidence.show(isMeasured ? "measured" : confidenceOfCode(code, data.max_confidence).toFixed(2), drawn);
    showCount(drawn);
  };
  const shown = view.setMinCode(0);
  const startCode = confidenceCode(data.min_confidence, data.max_confidence);
  const confidence = confidenceSlider(view.histogram, startCode, setMinCode);
  setMinCode(startCode);

  const walk = new Walk(canvas, () => view.radius);
  const pad = walkPad(walk);
  const goHome = (): void => {
    walk.stop();
    view.home();
  };
  const toggleWalk = (): void => {
    if (walk.active) {
      walk.stop();
      canvas.orbitAhead(view.distanceFrom(canvas.camera.position));
      return;
    }
    view.look.leave();
    walk.start();
    canvas.renderer.domElement.focus();
  };
  const tools = stageTools({
    onHome: goHome,
    onWalk: toggleWalk,
    onMeasure: () => measuring.toggle(measuring.step === "off"),
    onPicture: async () => saveFile("scene.png", await canvas.picture()),
    onFullScreen: () => (document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen()),
  });
  const keys = element("p", { className: "keys", ariaHidden: "true" }, ORBIT_HELP);
  walk.onChange = () => {
    tools.press("walk", walk.active);
    pad.hidden = !walk.active;
    keys.textContent = walk.active ? WALK_HELP : ORBIT_HELP;
    stage.classList.toggle("walking", walk.active);
  };
  listenToKeys(canvas, goHome);

  let measurements = options.measurements ?? NO_MEASUREMENTS;
  const showMeasurements = (next: Measurements): void => {
    measurements = next;
    measuring.show(next);
    bar.show(next);
  };
  const remeasure = (next: Measurements): void => {
    showMeasurements(next);
    onMeasure(next);
  };
  const bar = measureBar({ onChange: remeasure, onClose: () => measuring.toggle(false) });
  measuring.onMeasure = (one) => remeasure({ ...measurements, list: [...measurements.list, one] });
  measuring.onMiss = () => bar.miss();
  measuring.onStep = (step) => {
    if (step !== "off") view.look.leave();
    tools.press("measure", step !== "off");
    bar.step(step);
    stage.classList.toggle("measuring", step !== "off");
  };

  const cameras = toggle("Cameras", true, () => showCameras());
  const pictures = toggle("Photos", true, () => showCameras());
  const showCameras = (): void => view.showCameras(isOn(cameras), isOn(pictures));
  const home = element("button", { type: "button", className: "home" }, "Reset view");
  home.addEventListener("click", goHome);
  const list = photoList(data, {
    onLook: (image) => view.lookThrough(image),
    onToggle: (image, visible) => showCount(view.showPoints(image, visible)),
  });
  const look = lookBar(view.look, {
    onLayer: (layer, opacity) => view.setLayer(layer, opacity),
    onMaps: (image) => openPhotoDialog(image, data, scaleOf(data, measurements)),
  });
  const followLook = view.look.onChange;
  view.look.onChange = () => {
    if (view.look.current) {
      walk.stop();
      measuring.toggle(false);
    }
    followLook();
    list.select(view.look.current?.image ?? null);
  };
  const pointSize = slider("Point size", { id: "point-size", least: 0.4, most: 4, start: FIRST_POINT_SCALE }, (value) =>
    view.setPointScale(value),
  );
  view.setPointScale(FIRST_POINT_SCALE);
  put(stage, labels, tools.node, keys, pad, look, bar.node);
  put(
    panel,
    element(
      "section",
      {},
      confidence.node,
      pointSize,
      choice("Draw", { id: "drawing", options: DRAWINGS }, (drawing) => view.setDrawing(drawing)),
      choice("Color", { id: "coloring", options: COLORINGS }, (coloring) => view.paint(coloring)),
      element("div", { className: "toggles" }, cameras, pictures, home),
    ),
    element("section", {}, element("h2", {}, "Photos"), list.node),
    pairsSection(data, openMatchesDialog),
    factsSection(data, shown),
  );
  view.home();
  showMeasurements(measurements);
  canvas.show();
  return { showMeasurements };
}

function scaleOf({ units }: ReportData, { metersPerUnit }: Measurements): number | null {
  return metersPerUnit ?? (units === "metres" ? 1 : null);
}

type Opened =
  | { readonly canvas: OrbitCanvas; readonly reason?: undefined }
  | { readonly canvas: null; readonly reason: string };

function createCanvas(stage: HTMLElement, { total_points }: ReportData): Opened {
  if (total_points === 0) return { canvas: null, reason: "There is nothing to draw: the scene has no points." };
  try {
    return { canvas: new OrbitCanvas(stage) };
  } catch {
    return { canvas: null, reason: "This browser offers no WebGL 2, which the scene is drawn with." };
  }
}

function isOn(label: HTMLLabelElement): boolean {
  return label.querySelector("input")?.checked === true;
}
