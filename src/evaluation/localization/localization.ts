import { keepEncodings } from "../../inference/keep-encodings.ts";
import type { EvalItem } from "../benchmark.ts";
import type { DataBenchmark } from "../data-benchmark.ts";
import { evaluateQuery, type LocalizationMetrics } from "./evaluate-query.ts";
import { readRetrievalList } from "./localization-scene.ts";
import { LOCALIZATION_SETS } from "./localization-sets.ts";
import { resultFiles, summarizeLocalization } from "./localization-summary.ts";
import { OWN_RETRIEVAL, retrievalByEncoder, retrievalByList } from "./retrieval.ts";

/** Encoded views that are remembered: a query is encoded for retrieval, and not again to locate it. */
const KEPT = 2;

/** Where photos were taken in a mapped place (section 4.1 of the paper). */
export const LOCALIZATION: readonly DataBenchmark<LocalizationMetrics>[] = LOCALIZATION_SETS.map((dataset) => ({
  name: dataset.name,
  title: `Visual localization, ${dataset.title}`,
  protocol: [
    `Each query is compared with ${dataset.top} of the map's photos: the first of a retrieval list (--pairs), or else those most like it by ${OWN_RETRIEVAL}; the settings above say which. The paper's list is of ${dataset.list}.`,
    "correspondences: mutual nearest neighbours between the query's pointmap and the map photo's pixels with known points, then PnP in RANSAC at 0.8 % of the image diagonal; relative: the relative pose to the best of these photos, its scale from the map's depths.",
    "The query's focal length and principal point are those of the data set; lens distortion, which only Cambridge and Aachen tell, is left out.",
    "Error: distance of the camera centres and angle of the rotation; medians over queries, where one that was not located counts as infinitely far; recalls within (0.1 m, 1°), (0.25 m, 2°), (0.5 m, 5°), (5 m, 10°).",
  ],
  defaultPairs: OWN_RETRIEVAL,
  async items(evaluated, folder, { pairs, store, onProgress }) {
    const network = { ...evaluated, network: keepEncodings(evaluated.network, KEPT) };
    const retrieve =
      pairs === undefined
        ? retrievalByEncoder(network, { store, onProgress })
        : retrievalByList(await readRetrievalList(pairs), pairs);
    const scenes = await dataset.scenes(folder);
    return scenes.flatMap((scene) =>
      scene.queries.map((query): EvalItem<LocalizationMetrics> => {
        return {
          id: `${scene.name}/${query.name}`,
          evaluate: () => evaluateQuery(query, scene, { retrieve, dataset, network }),
        };
      }),
    );
  },
  summarize: (measured) => summarizeLocalization(dataset, measured),
  resultFiles: (measured) => resultFiles(dataset, measured),
}));
