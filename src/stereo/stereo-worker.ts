import { serveRequests } from "#platform";
import { answerStereo } from "./answer-stereo.ts";
import type { StereoRequest } from "./stereo-request.ts";

serveRequests((message) => answerStereo(message as StereoRequest));
