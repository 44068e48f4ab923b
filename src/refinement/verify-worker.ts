import { serveRequests } from "#platform";
import type { TwoViewProblem } from "../geometry/robust/two-view/two-view-problem.ts";
import { type VerifyOptions, verifyTwoViews } from "../geometry/robust/two-view/verify-two-views.ts";

/** One pair for a worker process of `verifyPairs`. */
export interface VerifyRequest {
  readonly problem: TwoViewProblem;
  readonly options: VerifyOptions;
}

serveRequests(async (request) => {
  const { problem, options } = request as VerifyRequest;
  return verifyTwoViews(problem, options);
});
