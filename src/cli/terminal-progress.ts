import { SingleBar } from "cli-progress";
import type { ProgressEvent, Stage } from "../core/progress.ts";
import { printable, printLine } from "./printable.ts";

const LABELS: Readonly<Record<Stage, string>> = {
  download: "downloading",
  quantize: "rounding weights",
  generate: "generating",
  prepare: "preparing",
  check: "checking",
  video: "choosing frames",
  images: "reading photos",
  encode: "encoding photos",
  decode: "decoding pairs",
  features: "finding features",
  refine: "refining cameras",
  adjust: "adjusting cameras",
  stereo: "comparing photos",
  align: "aligning",
  localize: "locating photos",
  mesh: "making a mesh",
  export: "writing",
  evaluate: "evaluating",
};

/** A progress line on stderr, which must be stopped before anything else is printed. */
export interface TerminalProgress {
  readonly onProgress: (event: ProgressEvent) => void;
  stop(): void;
}

/** A bar with the time left on a terminal; one line per stage where output goes to a file; nothing when quiet. */
export function terminalProgress(quiet: boolean): TerminalProgress {
  if (quiet) return { onProgress() {}, stop() {} };
  return process.stderr.isTTY ? bars() : lines();
}

function bars(): TerminalProgress {
  let bar: SingleBar | undefined;
  let stage: Stage | undefined;
  const stop = () => {
    bar?.stop();
    bar = undefined;
    stage = undefined;
  };
  return {
    stop,
    onProgress(event) {
      if (event.stage !== stage) {
        stop();
        stage = event.stage;
        const unit = stage === "download" ? "{percentage}%" : "{value}/{total}";
        bar = new SingleBar({
          format: `${LABELS[stage].padEnd(16)} {bar} ${unit}  {eta_formatted} left  {item}`,
          stream: process.stderr,
          barsize: 24,
          hideCursor: true,
          linewrap: false,
          barCompleteChar: "━",
          barIncompleteChar: "╌",
          etaBuffer: 20,
        });
        bar.start(event.total, event.reused ?? 0, { item: "" });
      }
      bar?.setTotal(event.total);
      bar?.update(event.done, { item: printable(event.item ?? "") });
      if (event.done >= event.total) stop();
    },
  };
}

/** How often a stage that takes long says so in a log. */
const LINE_INTERVAL_MS = 10_000;

function lines(): TerminalProgress {
  let stage: Stage | undefined;
  let started = 0;
  let printed = 0;
  return {
    stop() {},
    onProgress({ stage: current, done, total, reused = 0 }) {
      const now = performance.now();
      if (current !== stage) {
        stage = current;
        started = now;
        printed = now;
      }
      const finished = done >= total;
      if (!finished && now - printed < LINE_INTERVAL_MS) return;
      printed = now;
      const left = ((now - started) / Math.max(done - reused, 1)) * (total - done);
      const share = current === "download" ? `${Math.floor((100 * done) / total)} %` : `${done}/${total}`;
      const rest = finished ? "" : `, about ${Math.ceil(left / 1000)} s left`;
      const kept = reused > 0 ? `, ${reused} of an interrupted run` : "";
      printLine(`${LABELS[current]} ${share}${kept}${rest}`);
    },
  };
}
