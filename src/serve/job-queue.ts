import type { Logger } from "../core/logger.ts";
import { isFinished, type Job, type JobProgress, type JobRecord } from "./job.ts";
import { jobError, Parked, RanTooLong } from "./job-error.ts";
import type { JobEvents } from "./job-events.ts";
import type { JobFolders } from "./job-folders.ts";
import type { JobOutcome, RunJob } from "./job-runner.ts";
import { type JobCounts, type LiveJob, liveJob, NO_COUNTS } from "./live-job.ts";
import { newRecord, now } from "./new-record.ts";
import type { Received, Receiving } from "./receive-upload.ts";
import { Refusal } from "./refusal.ts";
import { requireRoom } from "./require-room.ts";
import { expendable } from "./retention.ts";
import type { ServeLimits } from "./serve-limits.ts";

/** Where jobs are kept, who does their work, and within which limits. */
export interface JobQueueOptions {
  readonly folders: JobFolders;
  readonly runJob: RunJob;
  readonly limits: ServeLimits;
  readonly logger: Logger;
}

/** So often the server may end during a job before the job is taken for the reason. */
const MOST_STARTS = 3;
const SWEEP_MS = 600_000;

/** The jobs of a server: received, run in their order, at most so many at once, and kept for a while. */
export class JobQueue {
  readonly counts: JobCounts = { ...NO_COUNTS };
  readonly #jobs = new Map<string, LiveJob>();
  readonly #options: JobQueueOptions;
  readonly #sweeping: NodeJS.Timeout;
  #isParked = false;

  private constructor(options: JobQueueOptions) {
    this.#options = options;
    this.#sweeping = setInterval(() => void this.#sweep().catch((error) => this.#log(error)), SWEEP_MS).unref();
  }

  /** Goes on with the jobs of a folder: those that were at work when the server ended are the first in the queue. */
  static async open(options: JobQueueOptions): Promise<JobQueue> {
    const queue = new JobQueue(options);
    for (const record of await options.folders.load()) {
      const job = queue.#add(record);
      if (isFinished(record.state)) {
        await options.folders.clear(record.id, { result: record.state !== "done" });
        job.events.close();
      } else if (record.starts >= MOST_STARTS) {
        const message = `the server ended ${record.starts} times during this job; too much memory is the usual reason`;
        await queue.#finish(job, { state: "failed", error: { kind: "machine", message } });
      } else await queue.#change(job, { state: "queued" });
    }
    await queue.#sweep();
    queue.#advance();
    return queue;
  }

  /** All jobs, the latest first. */
  list(): Job[] {
    const queued = this.#inState("queued");
    return [...this.#jobs.values()].map((job) => this.#describe(job, queued)).reverse();
  }

  /** A job; a `Refusal` where there is none. */
  get(id: string): Job {
    return this.#describe(this.#find(id));
  }

  /** True for a job that is there. */
  has(id: string): boolean {
    return this.#jobs.has(id);
  }

  /** What happens to a job. */
  events(id: string): JobEvents {
    return this.#find(id).events;
  }

  /** Where a file of a finished scene is; a `Refusal` for all other names. */
  resultFile(id: string, name: string): string {
    const { record } = this.#find(id);
    if (record.files.some((file) => file.name === name)) return `${this.#options.folders.result(id)}/${name}`;
    const hint = record.state === "done" ? "GET the job for the names of its files" : `the job is ${record.state}`;
    throw new Refusal(404, `there is no such file: ${hint}`);
  }

  /** Takes up a job whose photos arrive now: `receive` puts them where it is told, and gives what they are. */
  async create(id: string, bytes: number, receive: (receiving: Receiving) => Promise<Received>): Promise<Job> {
    await this.#sweep(bytes);
    if (this.#isParked) throw new Parked();
    if (this.#jobs.has(id)) throw new Refusal(409, "a job of this id is there already");
    requireRoom(this.#records(), this.#options.limits, bytes);
    const job = this.#add(newRecord(id, bytes));
    const received = this.#receive(job, receive);
    job.busy = received.catch(() => undefined);
    await received;
    this.#advance();
    return this.#describe(job);
  }

  async #receive(job: LiveJob, receive: (receiving: Receiving) => Promise<Received>): Promise<void> {
    const { folders } = this.#options;
    const { id, bytes: total } = job.record;
    const onBytes = (done: number): void => this.#step(job, { stage: "upload", done: Math.min(done, total), total });
    onBytes(0);
    try {
      const folder = await folders.receive(id);
      const received = await receive({ folder, signal: job.stop.signal, onBytes });
      job.stop.signal.throwIfAborted();
      const bytes = received.photos.reduce((sum, photo) => sum + photo.bytes, 0);
      const record: JobRecord = { ...job.record, ...received, bytes, state: "queued" };
      await folders.accept(record);
      job.record = record;
      job.progress = null;
      this.counts.uploaded_bytes += bytes;
      job.events.changed();
    } catch (error) {
      this.counts.refused++;
      // Its id is free again when nothing of it is left.
      await folders.drop(id).catch((problem) => this.#log(problem));
      this.#forget(job);
      throw error;
    }
  }

  /** Cancels a job that is not finished: its work stops at once. A `Refusal` for one that is done or failed. */
  async cancel(id: string): Promise<Job> {
    const job = this.#find(id);
    const { state } = job.record;
    if (state === "done" || state === "failed") throw new Refusal(409, `the job is ${state} already`);
    if (state !== "canceled") {
      // Its state changes at once, so that the work that stops knows why.
      const finished = state === "uploading" ? undefined : this.#finish(job, { state: "canceled" });
      job.stop.abort(new Refusal(409, "the job was canceled"));
      await finished;
      this.#advance();
    }
    return this.#describe(job);
  }

  /** Removes a job and its files; one that is at work stops. */
  async remove(id: string): Promise<void> {
    const job = this.#find(id);
    job.removal ??= this.#remove(job);
    await job.removal;
    this.#advance();
  }

  async #remove(job: LiveJob): Promise<void> {
    const { id } = job.record;
    job.stop.abort(new Refusal(409, "the job was removed"));
    await job.busy;
    await job.saved;
    // An upload that was stopped is gone by now.
    if (!this.#jobs.has(id)) return;
    await this.#options.folders.remove(id);
    this.#forget(job);
  }

  #forget({ record, events }: LiveJob): void {
    this.#jobs.delete(record.id);
    events.close();
  }

  /** Stops all work, so that the next server goes on with it. No job can be taken up after that. */
  async park(): Promise<void> {
    this.#isParked = true;
    clearInterval(this.#sweeping);
    const jobs = [...this.#jobs.values()];
    for (const { stop } of jobs) stop.abort(new Parked());
    await Promise.all(jobs.map(({ busy }) => busy));
    await Promise.all(jobs.map(({ saved }) => saved));
    for (const { events } of jobs) events.close();
  }

  #add(record: JobRecord): LiveJob {
    const job = liveJob(record);
    this.#jobs.set(record.id, job);
    return job;
  }

  #find(id: string): LiveJob {
    const job = this.#jobs.get(id);
    if (job === undefined)
      throw new Refusal(404, "there is no such job: it was never created, was removed, or was too old");
    return job;
  }

  #inState(state: JobRecord["state"]): LiveJob[] {
    return [...this.#jobs.values()].filter(({ record, removal }) => record.state === state && removal === undefined);
  }

  /** Starts what may start. */
  #advance(): void {
    if (this.#isParked) return;
    const { running } = this.#options.limits;
    const free = running - this.#inState("running").length;
    const next = this.#inState("queued").slice(0, Math.max(free, 0));
    for (const job of next) job.busy = this.#run(job);
    // The others have moved up.
    if (next.length > 0) for (const job of this.#inState("queued")) job.events.changed();
  }

  async #run(job: LiveJob): Promise<void> {
    const { runJob, folders, limits } = this.#options;
    const { id, options, photos } = job.record;
    const began = performance.now();
    const time = new AbortController();
    const timer = setTimeout(() => time.abort(new RanTooLong(limits.seconds)), 1000 * limits.seconds);
    const signal = AbortSignal.any([job.stop.signal, time.signal]);
    try {
      await this.#change(job, { state: "running", started: now(), starts: job.record.starts + 1 });
      const paths = photos.map(({ label }, i) => ({ path: folders.photo(id, i), label }));
      const work = { photos: paths, output: folders.result(id), options, mostPixels: limits.photo_pixels };
      const outcome = await runJob(work, { signal, onProgress: (progress) => this.#step(job, progress) });
      const done = await this.#doneWith(job, outcome);
      // Until here it may have been canceled.
      job.stop.signal.throwIfAborted();
      await this.#finish(job, done);
    } catch (error) {
      await this.#stopped(job, error);
    } finally {
      clearTimeout(timer);
      this.counts.seconds += (performance.now() - began) / 1000;
    }
    this.#advance();
    // Not waited for: it may remove this very job, which waits for its work.
    void this.#sweep().catch((error) => this.#log(error));
  }

  async #doneWith({ record }: LiveJob, { status, registered, warnings }: JobOutcome): Promise<Partial<JobRecord>> {
    const files = await this.#options.folders.resultFiles(record.id);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { state: "done", status, registered, warnings, files, bytes };
  }

  /** What becomes of a job whose work ended before its end. */
  async #stopped(job: LiveJob, error: unknown): Promise<void> {
    const { id, state, starts } = job.record;
    if (job.removal !== undefined) return;
    // It was canceled while it was at work: what that wrote since is removed, too.
    if (state === "canceled") await this.#options.folders.clear(id, { result: true });
    else if (job.stop.signal.reason instanceof Parked) {
      job.progress = null;
      await this.#change(job, { state: "queued", starts: starts - 1 });
    } else {
      if (jobError(error).kind === "bug") this.#log(error);
      await this.#finish(job, { state: "failed", error: jobError(error) });
    }
  }

  async #finish(job: LiveJob, change: Partial<JobRecord>): Promise<void> {
    const { logger, folders } = this.#options;
    const { id } = job.record;
    const isDone = change.state === "done";
    await this.#change(job, { ...change, bytes: change.bytes ?? 0, finished: now() });
    await folders.clear(id, { result: !isDone });
    const { state, error } = job.record;
    if (state === "done" || state === "failed" || state === "canceled") this.counts[state]++;
    logger.info(`job ${id} ${state}${error === null ? "" : `: ${error.message}`}`);
    job.events.close();
  }

  /** Changes a record at once, tells those who follow, and writes it. */
  async #change(job: LiveJob, change: Partial<JobRecord>): Promise<void> {
    job.record = { ...job.record, ...change };
    job.events.changed();
    const { record } = job;
    // Where the disk fails, the job goes on; after a restart it is what was written last.
    job.saved = job.saved.then(() => this.#options.folders.save(record)).catch((error) => this.#log(error));
    await job.saved;
  }

  #step(job: LiveJob, progress: JobProgress): void {
    if (isFinished(job.record.state)) return;
    job.progress = progress;
    job.events.stepped(progress);
  }

  #describe({ record, progress }: LiveJob, queued = this.#inState("queued")): Job {
    const place = queued.findIndex((job) => job.record === record);
    const position = place < 0 ? null : place;
    return { ...record, progress, position };
  }

  /** Removes finished jobs that are too old, and the oldest where `bytes` more have no room. */
  async #sweep(bytes = 0): Promise<void> {
    const { ids } = expendable(this.#records(), { limits: this.#options.limits, bytes, now: Date.now() });
    for (const id of ids) if (this.#jobs.has(id)) await this.remove(id);
  }

  #records(): JobRecord[] {
    return [...this.#jobs.values()].map(({ record }) => record);
  }

  #log(error: unknown): void {
    this.#options.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
