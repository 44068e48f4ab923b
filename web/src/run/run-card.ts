import { element } from "../../../src/viewer/dom.ts";
import { countPhotos } from "../../../src/viewer/viewer.ts";
import { formatLeft, type RunStatus, type RunStep } from "./time-left.ts";

/** What is shown over the stage during a run. */
export interface RunCard {
  readonly node: HTMLElement;
  show(status: RunStatus): void;
}

/** What a card is made for. */
export interface RunCardOptions {
  readonly stages: readonly RunStep[];
  readonly place: string;
  readonly onCancel: () => void;
}

/** Progress stage by stage, the time left, and a button that ends the run. */
export function runCard(photos: number, { stages, place, onCancel }: RunCardOptions): RunCard {
  const title = element("h2", {}, `Reconstructing ${countPhotos(photos)}`);
  const left = element("span", { className: "time-left" });
  const fill = element("i");
  const bar = element("div", { className: "bar", role: "progressbar", ariaValueMin: "0", ariaValueMax: "100" }, fill);
  bar.ariaLabel = title.textContent;
  bar.dataset.testid = "progress";
  const said = element("p", { className: "unseen", role: "status" });
  const steps = stages.map(({ stage, name }) => {
    const count = element("span", { className: "count" });
    return { stage, name, count, node: element("li", {}, element("span", {}, name), count) };
  });
  const cancel = element("button", { type: "button", className: "plain" }, "Cancel");
  cancel.dataset.testid = "cancel";
  cancel.addEventListener("click", () => {
    cancel.disabled = true;
    onCancel();
  });
  const node = element(
    "section",
    { className: "run-card", ariaLabel: "Progress" },
    element("div", { className: "run-head" }, title, left),
    bar,
    element("ol", { className: "stages" }, ...steps.map((step) => step.node)),
    said,
    element("div", { className: "run-foot" }, element("small", { className: "quiet" }, `Computing ${place}`), cancel),
  );
  // A pulse with the progress: an animation of the page would take a share of the processor from the work.
  let beat = false;
  return {
    node,
    show({ stage, done, total, share, secondsLeft }) {
      const percent = Math.round(100 * share);
      bar.ariaValueNow = String(percent);
      fill.style.width = `${100 * share}%`;
      left.textContent = `${formatLeft(secondsLeft)} left`;
      beat = !beat;
      const at = steps.findIndex((one) => one.stage === stage);
      for (const [i, step] of steps.entries()) {
        step.node.className = i < at ? "done" : i === at ? `now ${beat ? "beat" : ""}` : "";
        step.count.textContent = i === at && total > 1 ? `${done} of ${total}` : "";
      }
      const name = steps[at]?.name;
      bar.ariaValueText = name ? `${percent} percent, ${name}, ${left.textContent}` : `${percent} percent`;
      // Once a stage: every step would be too much to listen to.
      if (name && said.textContent !== name) said.textContent = name;
    },
  };
}
