import { formatCount } from '../../../../src/lambda/text/format';
import type { LookProgress } from '../look/look';

const REDRAW_MS = 200;
const CLEAR = '\r\x1b[2K';

/** One live line on a terminal, and nothing anywhere else. */
export class ProgressLine {
  private shown = -Infinity;
  private isShown = false;

  constructor(
    private readonly stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>,
    private readonly pages: number,
    private readonly now: () => number,
  ) {}

  update({ pages, objects }: LookProgress): void {
    if (!this.stream.isTTY || this.now() - this.shown < REDRAW_MS) {
      return;
    }
    this.shown = this.now();
    this.isShown = true;
    this.stream.write(
      `${CLEAR}${formatCount(pages)} pages of ${formatCount(this.pages)} at most, ` +
        `${formatCount(objects)} objects`,
    );
  }

  clear(): void {
    if (this.isShown) {
      this.stream.write(CLEAR);
      this.isShown = false;
    }
  }
}
