import type { MapProgress } from 'cdk-s3-dated-archiver-engine';
/** How far a run is. */
export interface RunProgress extends MapProgress {
  /**
   * Items that are done, those of running batches by their copies included: an estimate, because
   * copies are repeated.
   */
  readonly processed: number;
}

const INTERVAL_MS = 200;
const COPIES = ['CopyObject', 'CompleteMultipartUpload'];

/** Tells a listener how far the run is, also between two batches. */
export class ProgressMeter {
  private latest?: MapProgress;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly requests: Readonly<Record<string, number>>,
    private readonly listener: (progress: RunProgress) => void,
  ) {}

  start(): void {
    this.latest = undefined;
    this.timer = setInterval(() => this.tell(), INTERVAL_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  onMapProgress(progress: MapProgress): void {
    // Requests are counted for the run of the command, and not for those that are started while it
    // serves.
    if (!this.timer) {
      return;
    }
    this.latest = progress;
    this.tell();
  }

  private tell(): void {
    if (!this.latest) {
      return;
    }
    const { done, archived, runningItems } = this.latest;
    const copies = COPIES.reduce((sum, operation) => sum + (this.requests[operation] ?? 0), 0);
    this.listener({
      ...this.latest,
      processed: done + Math.min(runningItems, Math.max(0, copies - archived)),
    });
  }
}
