import type { Pose } from "../../core/camera.ts";
import { upperMedian } from "../../core/upper-median.ts";
import { invertRigid, transformPoints } from "../../geometry/pose.ts";
import type { NetworkConfig } from "../../network/config.ts";
import { patchGrid } from "../../network/tokens.ts";
import { depthColors, depthRange } from "../../rgbd/depth-colors.ts";
import { openSession } from "../../runtime/session.ts";
import { pairBatch } from "../batches/pair-batch.ts";
import { joinBlocks } from "../batches/pixel-blocks.ts";
import { planeBlock } from "../batches/plane-layout.ts";
import type { TrainingView } from "../batches/training-view.ts";
import { parameterFeeds } from "../loss/evaluate-loss.ts";
import { pairLossGraph } from "../loss/pair-loss-graph.ts";
import { trainingCriterion } from "../loss/pointmap-loss.ts";
import { lossModel } from "../loss/training-graph.ts";
import type { ParameterLayout } from "../optimizer/parameter-layout.ts";
import { type Example, type TrainingPair, viewPicture } from "./validation.ts";

/**
 * Predictions for a few pairs: both photos, and the distances of their points from camera 1, predicted and true.
 * Predictions have no scale: they are scaled to the true median distance.
 */
export async function pointmapExamples(
  pairs: readonly TrainingPair[],
  network: NetworkConfig,
  { layout, values }: { readonly layout: ParameterLayout; readonly values: Float32Array },
): Promise<readonly Example[]> {
  const images = [...pairs.map(([first]) => first), ...pairs.map(([, second]) => second)];
  const grids = images.map(({ width, height }) => patchGrid(height, width, network.patchSize));
  const graph = pairLossGraph(network, grids, (views) => {
    const [first, second] = views.predictions;
    return { ...trainingCriterion(0)(views), details: { predicted1: first.points, predicted2: second.points } };
  });
  const session = await openSession(lossModel(graph).bytes, { device: "cpu" });
  try {
    const outputs = await session.run({ ...pairBatch(pairs, network), ...parameterFeeds(layout, values) });
    return pairs.map(([first, second], i) => {
      const predicted = ([first, second] as const).map((view, side) => {
        const size = 3 * view.width * view.height;
        const blocks = outputs[`predicted${side + 1}`]!.data.subarray(size * i, size * (i + 1)) as Float32Array;
        return distances(joinBlocks(blocks, view, planeBlock(network, view)));
      });
      const truth = [first, second].map((view) => maskedDistances(view, invertRigid(first.worldFromCam)));
      return examplePictures([first, second], predicted, truth);
    });
  } finally {
    await session.dispose();
  }
}

function examplePictures(
  views: readonly TrainingView[],
  predicted: readonly Float32Array[],
  truth: readonly Float32Array[],
): Example {
  const scale = median(truth, truth) / median(predicted, truth);
  const range = depthRange(truth);
  const pictures = views.flatMap((view, side) => {
    const { width, height } = view;
    const colored = (map: Float32Array) => ({ width, height, rgb: depthColors(map, range) });
    const scaled = predicted[side]!.map((distance) => distance * scale);
    return [
      { caption: `view ${side + 1}`, image: viewPicture(view) },
      { caption: `distance of view ${side + 1} from camera 1, predicted`, image: colored(scaled) },
      { caption: "true", image: colored(truth[side]!) },
    ];
  });
  return { pictures };
}

/** The median where the truth is known; 1 where nothing is. */
function median(maps: readonly Float32Array[], truth: readonly Float32Array[]): number {
  const known = maps.flatMap((map, side) => Array.from(map).filter((_, i) => truth[side]![i]! > 0));
  return upperMedian(known) ?? 1;
}

function maskedDistances({ points, valid }: TrainingView, camFromWorld: Pose): Float32Array {
  return distances(transformPoints(camFromWorld, points)).map((distance, i) => (valid[i] ? distance : 0));
}

/** Distances of points `[n, 3]` from the origin. */
function distances(points: Float32Array): Float32Array {
  return Float32Array.from({ length: points.length / 3 }, (_, i) => {
    return Math.hypot(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!);
  });
}
