import type { S3Client } from '@aws-sdk/client-s3';
import type { LedgerLine, ListedObject } from '../../contract/payloads';
import type { ArchiveSettings } from '../runtime/environment';
import type { BucketClient } from '../s3/bucket-client';
import type { Clock } from '../s3/retry';
import type { Selection } from '../selection/select-objects';
import type { AimdConcurrencyController } from '../throughput/concurrency-controller';
import type { WriteRates } from '../throughput/write-rates';

/** What a function instance uses for all its batches. */
export interface BatchWorker {
  readonly s3: S3Client;
  readonly rate: WriteRates;
  /** Limits the copies. The client reports their latency to it (`withFastCopies`). */
  readonly concurrency: AimdConcurrencyController;
  readonly clock: Clock;
  readonly settings: ArchiveSettings;
  readonly select: (object: ListedObject) => Selection;
  readonly sourceLocks: boolean;
  /**
   * Milliseconds. After deletes that took longer than this, another attempt at the batch may have begun and written its
   * view to the ledger.
   */
  readonly promptDeletes: number;
  /**
   * Called before the first request that changes something; throws if it is not the turn of this run (restore-lock). Unset:
   * there is no lock.
   */
  readonly checkTurn?: (reports: BucketClient) => Promise<void>;
  /** Called once for each object that was not archived. */
  readonly onProblem: (line: LedgerLine) => void;
}
