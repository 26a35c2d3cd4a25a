import type { RunProgress } from '../summary/run-progress';

const REDRAW_MS = 200;
const LINE_MS = 2_000;
/**
 * Below this share, the rate says nothing about the remaining time: functions are still starting.
 */
const MIN_SHARE = 0.02;
const BAR = 10;
const MAX_LENGTH = 79;

/**
 * Shows the progress of a run: one live line on a terminal, or else a plain line every two seconds.
 */
export class ProgressLine {
  private readonly started = Date.now();
  private shown = 0;
  private latest?: RunProgress;
  private written = '';
  private furthest = 0;

  constructor(
    private readonly stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
    private readonly indent = '',
  ) {}

  update(progress: RunProgress): void {
    this.latest = progress;
    const now = Date.now();
    if (now - this.shown < (this.stream.isTTY ? REDRAW_MS : LINE_MS)) {
      return;
    }
    this.shown = now;
    this.write(progress);
  }

  /** Writes the last state and ends the line. */
  finish(): void {
    if (this.latest) {
      this.write(this.latest);
    }
    if (this.stream.isTTY && this.latest) {
      this.stream.write('\n');
    }
  }

  private write(progress: RunProgress): void {
    // Copies are counted as they are sent: one that is sent again must not move the bar back later.
    this.furthest = Math.max(this.furthest, progress.processed);
    const text =
      this.indent +
      describeProgress(
        { ...progress, processed: this.furthest },
        (Date.now() - this.started) / 1000,
        this.stream.isTTY,
      );
    // A line that wraps cannot be drawn again.
    const line = this.stream.isTTY ? text.slice(0, MAX_LENGTH) : text;
    if (line === this.written) {
      return;
    }
    this.written = line;
    this.stream.write(this.stream.isTTY ? `\r\x1b[2K${line}` : `${line}\n`);
  }
}

/** One line that fits a terminal. */
export function describeProgress(
  { listed, total, processed, bytes, failed }: RunProgress,
  seconds: number,
  withBar: boolean,
): string {
  const rate = processed / Math.max(0.001, seconds);
  const size = bytes > 0 ? `, ${formatBytes(bytes)}` : '';
  const problems = failed > 0 ? `, ${count(failed)} failed` : '';
  if (total === undefined) {
    return (
      `${count(processed)} of ${count(listed)} objects listed so far${size}, ` +
      `${count(Math.round(rate))}/s${problems}`
    );
  }
  const share = total === 0 ? 1 : Math.min(1, processed / total);
  const full = Math.round(share * BAR);
  const bar = withBar ? ` ${'█'.repeat(full)}${'░'.repeat(BAR - full)}` : '';
  const left =
    share >= MIN_SHARE && share < 1 ? `, ${formatSeconds((total - processed) / rate)} left` : '';
  return (
    `${`${Math.floor(share * 100)} %`.padStart(5)}${bar} ${count(processed)} of ` +
    `${count(total)}${size}, ${count(Math.round(rate))}/s${left}${problems}`
  );
}

export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** `84 KiB`. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** unit;
  return (
    `${unit === 0 ? count(bytes) : amount.toFixed(amount < 10 ? 1 : 0)} ` +
    `${bytes === 1 ? 'byte' : units[unit]}`
  );
}

export function formatSeconds(seconds: number): string {
  return seconds < 100
    ? `${Math.max(1, Math.round(seconds))} s`
    : seconds < 6_000
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3_600)} h`;
}
