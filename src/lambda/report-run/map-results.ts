/**
 * Reads what the Distributed Map's ResultWriter wrote to the report bucket: JSON Lines or JSON
 * arrays, by the status of the children. For a child that succeeded, a file contains its output
 * (COMPACT), or a record with the output as a JSON string (NONE). For any other child it contains a
 * record with error and cause, and perhaps the input, which is not documented: the child itself is
 * asked then. Only AWS can tell: failed-child.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { ErrorName, namedError } from '../../contract/errors';
import type {
  BatchEvent,
  MapOutput,
  PlannedBatchEvent,
} from '../../contract/payloads/batch-payloads';
import { parseBatch } from '../plan/planned-part';
import { readJsonFrom, readJsonObjectsFrom } from '../s3/read-objects';

const Files = v.optional(v.array(v.object({ Key: v.string() })), []);

const ManifestFile = v.object({
  ResultFiles: v.object({ SUCCEEDED: Files, FAILED: Files, PENDING: Files }),
});

const FinishedRecord = v.object({ Output: v.string() });

/**
 * Step Functions gives no error for a child that timed out or was stopped (docs/aws-recorded.md).
 */
const ERROR_OF: { readonly [status: string]: string | undefined } = {
  TIMED_OUT: 'States.Timeout',
  ABORTED: 'ABORTED',
};

const UnfinishedRecord = v.object({
  ExecutionArn: v.string(),
  Input: v.optional(v.string(), ''),
  Status: v.optional(v.string()),
  Error: v.optional(v.string()),
  Cause: v.optional(v.string()),
});

export interface UnfinishedBatch<TEvent = BatchEvent> {
  readonly event: TEvent;
  readonly error?: string;
  readonly cause?: string;
}

export interface MapResultsContext {
  readonly s3: S3Client;
  readonly readInput: (executionArn: string) => Promise<string | undefined>;
}

/** Each is read once, when it is asked for. */
export interface MapResults<TProgress> {
  finished(): AsyncGenerator<TProgress>;
  /**
   * Only a map that tolerates failed children has any: that of runs that archive. A failed child of
   * another map fails the run.
   */
  unfinished(): AsyncGenerator<UnfinishedBatch<BatchEvent | PlannedBatchEvent>>;
}

/**
 * Throws if a map has no ResultWriter, which CDK leaves out without a feature flag: the objects of
 * the run would not be counted.
 */
export function checkMapOutput(output: unknown): void {
  if (!Array.isArray(output) || output.length === 0) {
    return;
  }
  throw namedError(
    ErrorName.LEDGER_UNBALANCED,
    'the Distributed Map has no ResultWriter, so the run cannot be counted: it returned what ' +
      `its batches returned (${output.length}). ` +
      'No object is lost. Deploy the state machine as the construct defines it, and start a new ' +
      'run for the same days',
  );
}

/**
 * @param schema of the progress of a child
 */
export async function readMapResults<TProgress>(
  schema: v.GenericSchema<unknown, TProgress>,
  { s3, readInput }: MapResultsContext,
  { ResultWriterDetails: manifest }: MapOutput,
): Promise<MapResults<TProgress>> {
  const { Bucket: bucket = '', Key: key = '' } = manifest ?? {};
  const { ResultFiles: files } = v.parse(
    ManifestFile,
    manifest ? await readJsonFrom(s3, bucket, key) : { ResultFiles: {} },
  );
  const readRecords = async function* (from: typeof files.SUCCEEDED): AsyncGenerator<unknown> {
    for (const file of from) {
      yield* readJsonObjectsFrom(s3, bucket, file.Key);
    }
  };
  return {
    async *finished() {
      for await (const record of readRecords(files.SUCCEEDED)) {
        yield v.parse(schema, v.is(FinishedRecord, record) ? JSON.parse(record.Output) : record);
      }
    },
    async *unfinished() {
      for await (const record of readRecords([...files.FAILED, ...files.PENDING])) {
        yield toUnfinishedBatch(record, readInput);
      }
    },
  };
}

async function toUnfinishedBatch(
  record: unknown,
  readInput: MapResultsContext['readInput'],
): Promise<UnfinishedBatch<BatchEvent | PlannedBatchEvent>> {
  const {
    ExecutionArn: arn,
    Input,
    Status,
    Error: error,
    Cause: cause,
  } = v.parse(UnfinishedRecord, record);
  const input = Input || (await readInput(arn));
  if (!input) {
    throw new Error(
      `neither the result file nor DescribeExecution has the input of ${arn}, so it is unknown ` +
        'which objects its batch has. Nothing was lost: start a new run for the same days.',
    );
  }
  return { event: parseBatch(JSON.parse(input)), error: error ?? ERROR_OF[Status ?? ''], cause };
}
