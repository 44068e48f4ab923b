import { confidenceCode, confidenceOfCode, type ReportData } from "../export/report-data.ts";
import { choice, confidenceSlider, slider, toggle } from "./controls-section.ts";
import { element, formatCount } from "./dom.ts";
import { factsSection, pairsSection } from "./facts-section.ts";
import { KEYS_HELP, listenToKeys } from "./keyboard-orbit.ts";
import { lookBar } from "./look-bar.ts";
import { obstacle, warningBanner } from "./notices.ts";
import { OrbitCanvas } from "./orbit-canvas.ts";
import { photoList } from "./photos-section.ts";
import type { Coloring } from "./point-cloud.ts";
import { SceneView } from "./scene-view.ts";

const host = required("stage");
const panel = required("panel");
const data = JSON.parse(required("report-data").textContent ?? "") as ReportData;

const COLORINGS: Readonly<Record<Coloring, string>> = {
  picture: "as in the photos",
  photo: "by photo",
  confidence: "by confidence",
};

const photos = `${data.images.length} ${data.images.length === 1 ? "photo" : "photos"}`;
document.title = `${photos} · dust3r`;
const subtitle = element("p", {}, photos);
panel.append(element("header", {}, element("h1", {}, "dust3r"), subtitle));
host.append(warningBanner(data.warnings));

const canvas = createCanvas();
if (canvas) await present(canvas);
else panel.append(photoList(data, { onLook() {}, onToggle() {} }).node, pairsSection(data), factsSection(data, 0));

/** Fills the page: the panel beside the canvas, then the scene photo by photo. */
async function present(canvas: OrbitCanvas): Promise<void> {
  const view = new SceneView(canvas, data);
  for (const [i, image] of data.images.entries()) {
    subtitle.textContent = `Opening photo ${i + 1} of ${data.images.length}`;
    await view.add(image, data.frustum_depth);
  }

  const showCount = (drawn: number): void => {
    subtitle.textContent = `${photos} · ${formatCount(drawn)} points drawn`;
  };
  const setMinCode = (code: number): void => {
    const drawn = view.setMinCode(code);
    confidence.show(confidenceOfCode(code, data.max_confidence), drawn);
    showCount(drawn);
  };
  const shown = view.setMinCode(0);
  const startCode = confidenceCode(data.min_confidence, data.max_confidence);
  const confidence = confidenceSlider(view.histogram, startCode, setMinCode);
  setMinCode(startCode);

  const showCameras = (): void => view.showCameras(isOn(cameras), isOn(pictures));
  const cameras = toggle("Cameras", true, showCameras);
  const pictures = toggle("Photos", true, showCameras);
  const home = element("button", { type: "button", className: "home" }, "Reset view");
  home.addEventListener("click", () => view.home());

  listenToKeys(canvas, () => view.home());
  host.append(element("p", { className: "keys", ariaHidden: "true" }, KEYS_HELP));

  const list = photoList(data, {
    onLook: (image) => view.lookThrough(image),
    onToggle: (image, visible) => showCount(view.showPoints(image, visible)),
  });
  host.append(lookBar(view.look, (layer, opacity) => view.setLayer(layer, opacity)));
  const followLook = view.look.onChange;
  view.look.onChange = () => {
    followLook();
    list.select(view.look.current?.image ?? null);
  };

  const pointSize = slider("Point size", { id: "point-size", least: 0.4, most: 4, start: 1.3 }, (value) => {
    view.setPointScale(value);
  });
  view.setPointScale(1.3);
  panel.append(
    element(
      "section",
      {},
      confidence.node,
      pointSize,
      choice("Color", { id: "coloring", options: COLORINGS }, (coloring) => view.paint(coloring)),
      element("div", { className: "toggles" }, cameras, pictures, home),
    ),
    element("section", {}, element("h2", {}, "Photos"), list.node),
    pairsSection(data),
    factsSection(data, shown),
  );
  view.home();
}

function createCanvas(): OrbitCanvas | null {
  if (data.total_points === 0) {
    host.append(obstacle("There is nothing to draw: the scene has no points."));
    return null;
  }
  try {
    return new OrbitCanvas(host);
  } catch {
    host.append(obstacle("This browser offers no WebGL 2, which the scene is drawn with."));
    return null;
  }
}

function isOn(label: HTMLLabelElement): boolean {
  return label.querySelector("input")?.checked === true;
}

function required(id: string): HTMLElement {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page has no #${id}`);
  return node;
}
