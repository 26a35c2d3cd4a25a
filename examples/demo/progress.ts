import { count } from './text';
import type { S3Call } from '../../packages/s3-double/src';
import type { MapProgress } from '../../packages/sandbox/src/internal';

const REDRAW_MS = 200;
const LINE_MS = 3_000;

/** Shows what the run is doing: a live line on a terminal, else a plain line now and then. */
export class Progress {
  private readonly begun = Date.now();
  private copies = 0;
  private state: MapProgress = { listed: 0, done: 0, failed: 0, running: 0, childrenFailed: 0 };
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.timer = setInterval(() => this.write(), stream.isTTY ? REDRAW_MS : LINE_MS);
    this.timer.unref();
  }

  /** Batches report when they end; the copies that S3 sees tell more. */
  request({ operation }: S3Call): void {
    if (operation === 'CopyObject') { this.copies += 1; }
  }

  map(state: MapProgress): void {
    this.state = state;
  }

  finish(): void {
    clearInterval(this.timer);
    this.write();
    if (this.stream.isTTY) { this.stream.write('\n'); }
  }

  private write(): void {
    const { listed, running, childrenFailed } = this.state;
    const seconds = (Date.now() - this.begun) / 1000;
    // Short, since a line that wraps cannot be redrawn.
    const line = `   ${seconds.toFixed(0).padStart(3)} s  ${count(listed)} listed, ${count(this.copies)} copies, ${count(Math.round(this.copies / seconds))}/s,`
      + ` ${running} batches in flight, ${childrenFailed} failed`;
    this.stream.write(this.stream.isTTY ? `\r\x1b[2K${line}` : `${line}\n`);
  }
}
