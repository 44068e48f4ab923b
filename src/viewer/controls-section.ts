import { element, formatCount } from "./dom.ts";

const BARS = 64;

/** The confidence slider with the distribution of confidences above it. */
export interface ConfidenceSlider {
  readonly node: HTMLElement;
  /** Shows what the present position means, in words. */
  show(confidence: string, points: number): void;
}

/** `histogram` counts points by confidence code, 256 entries; `onInput` gets the code of the bar. */
export function confidenceSlider(
  histogram: Uint32Array,
  start: number,
  onInput: (code: number) => void,
): ConfidenceSlider {
  const bars = barHeights(histogram).map((height) => {
    const bar = element("i");
    bar.style.height = `${height}%`;
    return bar;
  });
  const input = element("input", { type: "range", min: "0", max: "255", step: "1", id: "confidence" });
  input.value = String(start);
  const output = element("output");
  const shade = (): void => {
    const first = Math.floor((input.valueAsNumber * BARS) / 256);
    for (const [i, bar] of bars.entries()) bar.classList.toggle("below", i < first);
  };
  input.addEventListener("input", () => {
    shade();
    onInput(input.valueAsNumber);
  });
  shade();
  const label = element("label", { htmlFor: "confidence" }, "Confidence at least");
  const node = element(
    "div",
    { className: "control" },
    element("div", { className: "control-head" }, label, output),
    element("div", { className: "histogram", ariaHidden: "true" }, ...bars),
    input,
  );
  return {
    node,
    show(confidence, points) {
      output.value = confidence;
      input.ariaValueText = `${confidence}, ${formatCount(points)} points`;
    },
  };
}

/** A slider over `[least, most]` with its name. */
export function slider(
  name: string,
  range: { readonly id: string; readonly least: number; readonly most: number; readonly start: number },
  onInput: (value: number) => void,
): HTMLElement {
  const { id, least, most, start } = range;
  const input = element("input", { type: "range", id, min: String(least), max: String(most), step: "any" });
  input.value = String(start);
  input.addEventListener("input", () => onInput(input.valueAsNumber));
  return element(
    "div",
    { className: "control" },
    element("div", { className: "control-head" }, element("label", { htmlFor: id }, name)),
    input,
  );
}

/** A choice with its name: `options` gives what each value is called, and the first one is chosen. */
export function choice<T extends string>(
  name: string,
  { id, options }: { readonly id: string; readonly options: Readonly<Record<T, string>> },
  onChoose: (value: T) => void,
): HTMLElement {
  const select = selection(options, onChoose);
  select.id = id;
  const head = element("div", { className: "control-head" }, element("label", { htmlFor: id }, name), select);
  return element("div", { className: "control" }, head);
}

/** A drop-down list without a name. */
export function selection<T extends string>(
  options: Readonly<Record<T, string>>,
  onChoose: (value: T) => void,
): HTMLSelectElement {
  const entries = Object.entries<string>(options);
  const select = element("select", {}, ...entries.map(([value, text]) => element("option", { value }, text)));
  select.addEventListener("change", () => onChoose(select.value as T));
  return select;
}

/** A switch with its name. */
export function toggle(name: string, start: boolean, onChange: (on: boolean) => void): HTMLLabelElement {
  const input = element("input", { type: "checkbox", checked: start });
  input.addEventListener("change", () => onChange(input.checked));
  return element("label", { className: "toggle" }, input, element("span", {}, name));
}

/** Per bar its height in percent; roots, so that small counts still show. */
function barHeights(histogram: Uint32Array): number[] {
  const sums = Array.from({ length: BARS }, (_, bar) => {
    const codes = histogram.subarray((bar * 256) / BARS, ((bar + 1) * 256) / BARS);
    return Math.sqrt(codes.reduce((sum, count) => sum + count, 0));
  });
  const highest = Math.max(...sums, 1);
  return sums.map((sum) => (100 * sum) / highest);
}
