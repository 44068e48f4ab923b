import { element, icon } from "./dom.ts";
import type { LookThrough } from "./look-through.ts";

const CROSS = "M5 5l10 10M15 5L5 15";
const LEFT = "M12 4l-6 6 6 6";
const RIGHT = "M8 4l6 6-6 6";

/** What to know before trusting the scene; a press on the cross takes it away. Nothing without warnings. */
export function warningBanner(warnings: readonly string[]): HTMLElement | "" {
  if (warnings.length === 0) return "";
  const close = iconButton("Dismiss", CROSS);
  const lines = warnings.map((warning) => element("p", {}, warning));
  const banner = element("div", { className: "banner", role: "status" }, element("div", {}, ...lines), close);
  close.addEventListener("click", () => banner.remove());
  return banner;
}

/** What stands in the place of the scene when it cannot be drawn. */
export function obstacle(text: string): HTMLElement {
  return element("p", { className: "obstacle", role: "alert" }, text);
}

/** The bar below the scene while looking through a photo: which, the others, how much of it to see, and out. */
export function lookBar(look: LookThrough, onOpacity: (opacity: number) => void): HTMLElement {
  const name = element("b");
  const opacity = element("input", { type: "range", min: "0", max: "1", step: "any", title: "Photo over points" });
  opacity.ariaLabel = "Photo over points";
  const previous = iconButton("Previous photo", LEFT);
  const next = iconButton("Next photo", RIGHT);
  const out = iconButton("Back to orbiting", CROSS);
  const bar = element("div", { className: "look-bar", hidden: true }, previous, name, opacity, next, out);
  previous.addEventListener("click", () => look.step(-1));
  next.addEventListener("click", () => look.step(1));
  out.addEventListener("click", () => look.leave());
  opacity.addEventListener("input", () => onOpacity(opacity.valueAsNumber));
  look.onChange = () => {
    bar.hidden = look.current === null;
    name.textContent = look.current?.image.file ?? "";
    opacity.value = "0";
    onOpacity(0);
  };
  return bar;
}

function iconButton(title: string, path: string): HTMLButtonElement {
  return element("button", { type: "button", className: "icon", title, ariaLabel: title }, icon(path));
}
