import type { BatchOutcomes } from './batch-outcomes';
import type { RoundDeadlines } from './round-deadlines';
import type { BatchEvent } from '../../contract/payloads/batch-payloads';
import type { LedgerLine } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import type { Settings } from '../../contract/payloads/settings';
import type { MoveContext } from '../move/move-request';
import type { Selection } from '../selection/select-objects';
import type { Mover } from '../throughput/mover';

/** The tools that a function instance reuses for all its batches. */
export interface BatchWorker extends Mover {
  readonly settings: Settings;
  readonly select: (object: ListedObject) => Selection;
  readonly sourceLocks: boolean;
  /** Default: `PROMPT_DELETES`. */
  readonly promptDeletes?: number;
  /** Default: `MIN_PACK_OBJECTS`. */
  readonly minPackObjects?: number;
  /** Called once for each object that was not archived. */
  readonly onProblem: (line: LedgerLine) => void;
}

/** The input of one round of a batch. */
export interface RoundOptions {
  readonly worker: BatchWorker;
  readonly context: MoveContext;
  readonly batch: BatchEvent;
  readonly outcomes: BatchOutcomes;
  readonly deadlines: RoundDeadlines;
}
