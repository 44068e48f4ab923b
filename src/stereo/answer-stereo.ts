import { denseMap } from "./dense-map.ts";
import { estimatePlanes, improvePlanes } from "./estimate-planes.ts";
import { findAgreement } from "./find-agreement.ts";
import { priorOfNetwork } from "./prior-of-network.ts";
import { loadStereoPicture } from "./stereo-photo.ts";
import type { StereoRequest } from "./stereo-request.ts";

/** The answer to a request, of the type that its step says. Throws an `InputError` or `FormatError` that names a broken file. */
export async function answerStereo(request: StereoRequest): Promise<unknown> {
  if (request.step === "load") return await loadStereoPicture(request.photo, request.size);
  if (request.step === "agree") {
    const { reference, planes, sources } = request;
    return findAgreement({ view: reference, planes }, sources);
  }
  if (request.step === "fill") return denseMap(request.parts);
  const { reference, sources, network, seed } = request;
  const problem = { reference, sources, prior: priorOfNetwork(network, reference), seed };
  if (request.step === "match") return estimatePlanes(problem);
  return improvePlanes(request.planes, problem, request.planesOfSources);
}
