import type { ReportImage } from "../export/report-data.ts";
import { selection } from "./controls-section.ts";
import { element, iconButton } from "./dom.ts";
import type { LookThrough } from "./look-through.ts";
import type { Layer } from "./photo-maps.ts";

const CROSS = "M5 5l10 10M15 5L5 15";
const LEFT = "M12 4l-6 6 6 6";
const RIGHT = "M8 4l6 6-6 6";
const MAPS = "M2.5 5h4.4v10H2.5zM7.8 5h4.4v10H7.8zM13.1 5h4.4v10h-4.4z";
const LAYERS: Readonly<Record<Layer, string>> = {
  photo: "Photo",
  depth: "Depth",
  confidence: "Confidence",
  tracks: "Shared points",
};

/** What the bar's controls do. */
export interface LookActions {
  readonly onLayer: (layer: Layer, opacity: number) => void;
  /** Opens the photo with its depth and its confidence beside it. */
  readonly onMaps: (image: ReportImage) => void;
}

/**
 * The bar below the scene while looking through a photo: which, the others, what of it covers the points and how much,
 * and out.
 */
export function lookBar(look: LookThrough, { onLayer, onMaps }: LookActions): HTMLElement {
  const name = element("b");
  const opacity = element("input", { type: "range", min: "0", max: "1", step: "any" });
  let layer: Layer = "photo";
  const cover = (share: number): void => {
    opacity.value = String(share);
    onLayer(layer, share);
  };
  const layers = selection(LAYERS, (chosen) => {
    layer = chosen;
    cover(1);
  });
  layers.ariaLabel = "What covers the points";
  const previous = iconButton("Previous photo", LEFT);
  const next = iconButton("Next photo", RIGHT);
  const maps = iconButton("Photo, depth and confidence side by side", MAPS);
  const out = iconButton("Back to orbiting", CROSS);
  const bar = element("div", { className: "look-bar", hidden: true }, previous, name, layers, opacity, maps, next, out);
  maps.addEventListener("click", () => look.current && onMaps(look.current.image));
  previous.addEventListener("click", () => look.step(-1));
  next.addEventListener("click", () => look.step(1));
  out.addEventListener("click", () => look.leave());
  opacity.addEventListener("input", () => cover(opacity.valueAsNumber));
  look.onChange = () => {
    const file = look.current?.image.file ?? "";
    bar.hidden = look.current === null;
    name.textContent = file;
    rename(opacity, `How much of ${file} covers the points`);
    rename(previous, `Previous photo: ${look.neighbor(-1)?.image.file}`);
    rename(next, `Next photo: ${look.neighbor(1)?.image.file}`);
    if (look.current) cover(opacity.valueAsNumber);
    else {
      layers.value = layer = "photo";
      cover(0);
    }
  };
  opacity.value = "0";
  return bar;
}

function rename(control: HTMLElement, title: string): void {
  control.title = title;
  control.ariaLabel = title;
}
