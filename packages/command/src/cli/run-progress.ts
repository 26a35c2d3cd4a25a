import type { MapProgress } from 'cdk-s3-dated-archiver-engine';
import { formatCount } from '../../../../src/lambda/text/format';

const REDRAW_MS = 200;
const CLEAR = '\r\x1b[2K';

/** One live line on a terminal, and nothing anywhere else. */
export class RunProgressLine {
  private shown = -Infinity;
  private isShown = false;

  constructor(
    private readonly stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>,
    private readonly now: () => number,
  ) {}

  update({ listed, total, done, failed, running }: MapProgress): void {
    if (!this.stream.isTTY || this.now() - this.shown < REDRAW_MS) {
      return;
    }
    this.shown = this.now();
    this.isShown = true;
    const of = total === undefined ? `${formatCount(listed)} listed so far` : formatCount(total);
    const problems = failed > 0 ? `, ${formatCount(failed)} in failed batches` : '';
    this.stream.write(
      `${CLEAR}${formatCount(done)} of ${of}, ${formatCount(running)} batches running${problems}`,
    );
  }

  clear(): void {
    if (this.isShown) {
      this.stream.write(CLEAR);
      this.isShown = false;
    }
  }
}
