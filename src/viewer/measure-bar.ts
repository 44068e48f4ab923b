import { element, iconButton } from "./dom.ts";
import type { MeasureStep } from "./measure-tool.ts";
import { formatLength, type Measurements, measuredLength, parseLength } from "./measurement.ts";

const BIN = "M4 6h12M8 6V4h4v2M6 6l.7 10h6.6L14 6";
const CROSS = "M5 5l10 10M15 5L5 15";
const TOLD: Readonly<Record<Exclude<MeasureStep, "off">, string>> = {
  first: "Choose the first point",
  second: "Choose the second point",
};

/** The bar below the scene while measuring: what to do, the last length, its true length. */
export interface MeasureBar {
  readonly node: HTMLElement;
  step(step: MeasureStep): void;
  /** Says that a click found no point. */
  miss(): void;
  show(measurements: Measurements): void;
}

/** What the bar's controls do. */
export interface MeasureActions {
  readonly onChange: (measurements: Measurements) => void;
  readonly onClose: () => void;
}

/** A true length that is typed in gives the whole scene its scale. */
export function measureBar({ onChange, onClose }: MeasureActions): MeasureBar {
  let shown: Measurements = { list: [], metersPerUnit: null };
  const hint = element("span", { className: "measure-hint", role: "status" });
  const length = element("b");
  const input = element("input", { type: "text", inputMode: "decimal", placeholder: "e.g. 1.2 m", size: 9 });
  input.ariaLabel = "True length of the last measurement";
  const apply = element("button", { type: "submit", className: "plain" }, "Set");
  const form = element("form", { className: "true-length" }, element("span", {}, "is truly"), input, apply);
  const remove = iconButton("Delete the last measurement", BIN);
  const close = iconButton("End measuring", CROSS);
  const last = element("span", { className: "last-length" }, length, form, remove);
  const node = element("div", { className: "look-bar measure-bar", hidden: true }, hint, last, close);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const meters = parseLength(input.value);
    const measurement = shown.list.at(-1);
    input.ariaInvalid = String(meters === null);
    if (meters === null || !measurement) {
      hint.textContent = "Type a length such as 1.2 m, 80 cm or 15 mm";
      return;
    }
    input.value = "";
    onChange({ ...shown, metersPerUnit: meters / measuredLength(measurement) });
  });
  remove.addEventListener("click", () => onChange({ ...shown, list: shown.list.slice(0, -1) }));
  close.addEventListener("click", onClose);
  return {
    node,
    step(step) {
      node.hidden = step === "off";
      hint.textContent = step === "off" ? "" : TOLD[step];
    },
    miss() {
      hint.textContent = "There is no point; choose one that is drawn";
    },
    show(measurements) {
      shown = measurements;
      const measurement = measurements.list.at(-1);
      last.hidden = measurement === undefined;
      if (measurement) length.textContent = formatLength(measuredLength(measurement), measurements.metersPerUnit);
    },
  };
}
