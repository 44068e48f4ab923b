import { z } from "zod";

/** What a server allows. */
export interface ServeLimits {
  readonly running: number;
  readonly open: number;
  readonly photos: number;
  readonly upload_bytes: number;
  readonly photo_pixels: number;
  readonly seconds: number;
  readonly upload_seconds: number;
  readonly stalled_seconds: number;
  readonly kept_seconds: number;
  readonly kept_bytes: number;
  readonly event_streams: number;
}

const count = z.int().min(1);

/** The schema of `ServeLimits`. */
export const SERVE_LIMITS: z.ZodType<ServeLimits> = z.strictObject({
  running: count.describe("Jobs that are at work at once"),
  open: count.describe("Jobs that are uploaded, wait or are at work"),
  photos: count.describe("Of one job"),
  upload_bytes: count.describe("Of one job"),
  photo_pixels: count.describe("Of one photo"),
  seconds: z.number().positive().describe("That one job may be at work"),
  upload_seconds: z.number().positive().describe("That one upload may take"),
  stalled_seconds: z.number().positive().describe("That an upload may pause"),
  kept_seconds: z.number().positive().describe("That a finished job is kept"),
  kept_bytes: count.describe("Of all jobs: the oldest finished ones make room for new ones"),
  event_streams: count.describe("Clients that follow jobs at once"),
});

/** What is allowed unless told otherwise. */
export const SERVE_DEFAULTS: ServeLimits = {
  running: 1,
  open: 100,
  photos: 100,
  upload_bytes: 500e6,
  photo_pixels: 100e6,
  seconds: 3600,
  upload_seconds: 900,
  stalled_seconds: 30,
  kept_seconds: 7 * 86_400,
  kept_bytes: 20e9,
  event_streams: 200,
};

/** What clients are told of the server. */
export interface ServerFacts {
  readonly name: "dust3r";
  readonly version: string;
  readonly model: string;
  readonly limits: ServeLimits;
}

/** The schema of `ServerFacts`. */
export const SERVER_FACTS: z.ZodType<ServerFacts> = z.strictObject({
  name: z.literal("dust3r"),
  version: z.string(),
  model: z.string().describe("The weights that jobs run with"),
  limits: SERVE_LIMITS,
});
