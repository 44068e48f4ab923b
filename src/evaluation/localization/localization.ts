import { EncodedMap } from "../../pipeline/encoded-map.ts";
import { MapFeatures } from "../../pipeline/map-features.ts";
import type { EvalItem } from "../benchmark.ts";
import type { DataBenchmark } from "../data-benchmark.ts";
import { evaluateQuery, type LocalizationMetrics } from "./evaluate-query.ts";
import { readRetrievalList } from "./localization-scene.ts";
import { LOCALIZATION_SETS } from "./localization-sets.ts";
import { resultFiles, summarizeLocalization } from "./localization-summary.ts";
import { OWN_RETRIEVAL, retrievalByEncoder, retrievalByList } from "./retrieval.ts";

/** Where photos were taken in a mapped place (section 4.1 of the paper). */
export const LOCALIZATION: readonly DataBenchmark<LocalizationMetrics>[] = LOCALIZATION_SETS.map((dataset) => ({
  name: dataset.name,
  title: `Visual localization, ${dataset.title}`,
  protocol: [
    `Each query is compared with ${dataset.top} of the map's photos: the first of a retrieval list where one is given, or else those most like it by ${OWN_RETRIEVAL}; the settings above say which. The paper's list is of ${dataset.list}.`,
    "correspondences: mutual nearest neighbors between the query's pointmap and the map photo's pixels with known points, then PnP in RANSAC at 0.8 % of the image diagonal; relative: the relative pose to the best of these photos, its scale from the map's depths; refined: that by correspondences, refined on local features as `dust3r localize` does (docs/refinement.md).",
    "The query's focal length and principal point are those of the data set; lens distortion, which only Cambridge and Aachen tell, is left out.",
    "Error: distance of the camera centers and angle of the rotation; medians over queries, where one that was not located counts as infinitely far; recalls within (0.1 m, 1°), (0.25 m, 2°), (0.5 m, 5°), (5 m, 10°).",
  ],
  defaultPairs: OWN_RETRIEVAL,
  async items(network, folder, { pairs, store, onProgress }) {
    const retrieve =
      pairs === undefined
        ? retrievalByEncoder({ onProgress, signal: network.signal })
        : retrievalByList(await readRetrievalList(pairs), pairs);
    const scenes = await dataset.scenes(folder);
    return scenes.flatMap((scene) => {
      // Read when the first query is located; a scene that is not evaluated need not be read.
      let map: Promise<{ readonly map: EncodedMap; readonly features: MapFeatures }> | undefined;
      const openScene = async () => {
        const encoded = new EncodedMap(await scene.map(), network, store);
        return { map: encoded, features: new MapFeatures(encoded) };
      };
      return scene.queries.map((query): EvalItem<LocalizationMetrics> => {
        const evaluate = async () => {
          map ??= openScene();
          return evaluateQuery(query, scene, { retrieve, dataset, network, ...(await map) });
        };
        return { id: `${scene.name}/${query.name}`, evaluate };
      });
    });
  },
  summarize: (measured) => summarizeLocalization(dataset, measured),
  resultFiles: (measured) => resultFiles(dataset, measured),
}));
