/**
 * The one script of all workers, so that bundlers have one to find: the pipeline's, which a page starts, and those that the
 * pipeline starts in turn. Its name tells which it is.
 */
import "./disposable-symbols.ts";

const MODULES: Readonly<Record<string, () => Promise<unknown>>> = {
  "dust3r-pipeline": () => import("./serve-pipeline.ts"),
  "engine-worker": () => import("../runtime/engine-worker.ts"),
  "feature-worker": () => import("../features/feature-worker.ts"),
  "stereo-worker": () => import("../stereo/stereo-worker.ts"),
  "verify-worker": () => import("../refinement/verify-worker.ts"),
};

// ONNX Runtime's threads may load this script, too; they have another name and serve themselves.
MODULES[self.name]?.().catch(reportError);
