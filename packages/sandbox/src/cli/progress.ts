import type { MapProgress } from '../step-functions/world';

const REDRAW_MS = 200;
const LINE_MS = 2_000;

/**
 * Shows the progress of a run's Distributed Map: one live line on a terminal, or else a plain line every two seconds.
 */
export class ProgressLine {
  private readonly started = Date.now();
  private shown = 0;
  private latest?: MapProgress;
  private written = '';

  constructor(private readonly stream: NodeJS.WriteStream, private readonly indent = '') {}

  update(progress: MapProgress): void {
    this.latest = progress;
    const now = Date.now();
    if (now - this.shown < (this.stream.isTTY ? REDRAW_MS : LINE_MS)) { return; }
    this.shown = now;
    this.write(progress);
  }

  /** Writes the last state and ends the line. */
  finish(): void {
    if (this.latest) { this.write(this.latest); }
    if (this.stream.isTTY && this.latest) { this.stream.write('\n'); }
  }

  private write({ listed, done, failed, running, childrenFailed }: MapProgress): void {
    const rate = Math.round(done / Math.max(0.001, (Date.now() - this.started) / 1000));
    const line = `${this.indent}${count(done)} of ${count(listed)} listed objects, ${count(rate)}/s, ${running} batches in flight, `
      + `${childrenFailed} batches failed${failed > 0 ? ` (${count(failed)} objects)` : ''}`;
    if (line === this.written) { return; }
    this.written = line;
    this.stream.write(this.stream.isTTY ? `\r\x1b[2K${line}` : `${line}\n`);
  }
}

export function count(n: number): string {
  return n.toLocaleString('en-US');
}
