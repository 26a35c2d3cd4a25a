import type { S3Client } from '@aws-sdk/client-s3';
import type { LedgerLine } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import type { Settings } from '../../contract/payloads/settings';
import type { Clock } from '../s3/retry';
import type { Selection } from '../selection/select-objects';
import type { AimdConcurrencyController } from '../throughput/concurrency-controller';
import type { CopyThroughput } from '../throughput/copy-throughput';
import type { WriteRates } from '../throughput/write-rates';

/** What a function instance uses for all its batches. */
export interface BatchWorker {
  readonly s3: S3Client;
  readonly rate: WriteRates;
  /** Limits the copies. The client reports their latency to it (`withFastCopies`). */
  readonly concurrency: AimdConcurrencyController;
  readonly copyThroughput: CopyThroughput;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly select: (object: ListedObject) => Selection;
  readonly sourceLocks: boolean;
  /** Default: `PROMPT_DELETES`. */
  readonly promptDeletes?: number;
  /** Called once for each object that was not archived. */
  readonly onProblem: (line: LedgerLine) => void;
}
