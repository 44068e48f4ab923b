import type { EvalRecord } from "../../evaluation/benchmark.ts";
import {
  type EvaluationRequest,
  evaluationHeader,
  type OpenEvaluation,
  openEvaluation,
} from "../../evaluation/open-evaluation.ts";
import type { EvalHeader } from "../../evaluation/records-file.ts";
import { evaluateItem } from "../../evaluation/run-evaluation.ts";
import { pictureOf } from "../../evaluation/worst-cases.ts";
import type { Model } from "../../pipeline/open-model.ts";
import type { ModelRef } from "../model-ref.ts";
import { putByContent } from "../stored-priors.ts";
import type { TaskContext, TaskKind } from "../task-kind.ts";

/** An evaluation of a network. Its data are found at their paths, which must hold the same on every machine. */
export interface EvaluationInput {
  readonly model: ModelRef;
  readonly request: EvaluationRequest;
}

/** Some items of an evaluation. */
export interface EvaluateItemsInput extends EvaluationInput {
  /** Their places among all of them. */
  readonly indices: readonly number[];
  /** For people. */
  readonly ids: readonly string[];
  /** Whether pictures are wanted for the report. */
  readonly pictures: boolean;
}

/** What there is to evaluate. */
export interface ListedEvaluation {
  readonly header: EvalHeader;
  readonly ids: readonly string[];
}

/** What came of some items. */
export interface EvaluatedItems {
  readonly records: readonly EvalRecord<unknown>[];
  /** Keys of JPEG pictures in the store, by item. */
  readonly pictures: readonly { readonly id: string; readonly key: string }[];
}

/** Open from the task before. */
let open: { readonly key: string; readonly model: Model; readonly evaluation: OpenEvaluation } | undefined;

async function opened({ model: ref, request }: EvaluationInput, { openModel, store, onProgress }: TaskContext) {
  const model = await openModel(ref);
  const key = JSON.stringify(request);
  // Its items hold the network.
  if (open?.key !== key || open.model !== model)
    open = { key, model, evaluation: await openEvaluation(request, model, { store, onProgress }) };
  return open;
}

/** The items of an evaluation. */
export const listEvaluation: TaskKind<EvaluationInput, ListedEvaluation> = {
  name: "evaluation",
  stage: "evaluate",
  version: 1,
  items: () => 1,
  photos: ({ request }) => [`eval ${request.benchmark}`],
  async run(input, context) {
    const { evaluation, model } = await opened(input, context);
    return { header: evaluationHeader(evaluation, model), ids: evaluation.items.map(({ id }) => id) };
  },
};

/** Some items of an evaluation, measured. */
export const evaluateItems: TaskKind<EvaluateItemsInput, EvaluatedItems> = {
  name: "evaluate",
  stage: "evaluate",
  version: 1,
  items: ({ indices }) => indices.length,
  photos: ({ ids }) => ids,
  async run({ indices, pictures: wanted, ...input }, context) {
    const { evaluation } = await opened(input, context);
    const records: EvalRecord<unknown>[] = [];
    const pictures: EvaluatedItems["pictures"][number][] = [];
    for (const index of indices) {
      const { record, show } = await evaluateItem(evaluation.items[index]!, index);
      records.push(record);
      const shown = wanted ? show() : [];
      if (shown.length > 0) {
        const key = await putByContent(context.store, "picture", await pictureOf(shown));
        pictures.push({ id: record.id, key });
      }
    }
    return { records, pictures };
  },
  parts: {
    slice: (input, from, to) => {
      return { ...input, indices: input.indices.slice(from, to), ids: input.ids.slice(from, to) };
    },
    join: (first, second) => {
      return {
        records: [...first.records, ...second.records],
        pictures: [...first.pictures, ...second.pictures],
      };
    },
  },
};
