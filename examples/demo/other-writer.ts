import { REWRITTEN_AFTER_COPY, REWRITTEN_BEFORE_COPY } from './traps';
import type { PutOptions, S3Call } from '../../packages/s3-double/src';

export interface Write {
  readonly key: string;
  readonly body: string;
  readonly options: PutOptions;
}

/** Another program that writes at the worst moments of a run. */
export class OtherWriter {
  /** What it wrote, in order. */
  readonly writes: Write[] = [];

  constructor(private readonly put: (write: Write) => void) {}

  /** Called before S3 executes each request. */
  watch({ operation, copySource, keys }: S3Call): void {
    if (operation === 'CopyObject' && copySource?.key === REWRITTEN_BEFORE_COPY) {
      this.writeOnce({
        key: REWRITTEN_BEFORE_COPY,
        body: 'reading 2',
        options: { metadata: { reading: '2' } },
      });
    }
    if (operation === 'DeleteObjects' && keys?.includes(REWRITTEN_AFTER_COPY)) {
      this.writeOnce({
        key: REWRITTEN_AFTER_COPY,
        body: 'entry 1, entry 2',
        options: { tags: { entry: '2' } },
      });
    }
  }

  private writeOnce(write: Write): void {
    if (this.writes.some(({ key }) => key === write.key)) {
      return;
    }
    this.writes.push(write);
    this.put(write);
  }
}
