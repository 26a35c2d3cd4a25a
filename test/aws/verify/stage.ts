import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  RedriveExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  ARCHIVERS,
  type Deployment,
  type Machine,
  type Place,
  placesOf,
  prefixesOf,
  type Queue,
} from './names';
import type { Counts } from '../../../src/contract/payloads/outcomes';

/** The place where scenarios run: AWS or the sandbox. Both use the same calls. */
export interface Stage {
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly deployment: Deployment;
  /** The account that owns the buckets. */
  readonly account: string;
  /** Milliseconds between two polls of an execution. */
  readonly pause: number;
  /** Milliseconds after which the stage stops waiting for an execution. */
  readonly budget: number;
  readonly signal: AbortSignal;
  /** Milliseconds after which the stage stops waiting for a schedule, a metric or an alarm. */
  readonly patience: number;
  /** How many objects `--with load` moves. */
  readonly load: number;
  /** How many parts the object of `--with large` has, and the bytes of each. */
  readonly large: { readonly parts: number; readonly bytes: number };
  readonly operations: Operations;
  /**
   * Returns the subjects of the messages since the last call. Waits until the expected number has
   * arrived.
   */
  subjects(expected: number, queue?: Queue): Promise<string[]>;
  /** Keeps a figure for the report. Figures are not compared, since the sandbox has others. */
  note(text: string): void;
}

/** What is not done by the same call on AWS and in the sandbox. */
export interface Operations {
  /**
   * Waits for a run that the schedule of an archiver starts from now on, and returns its ARN.
   * `others` are the ARNs of other runs.
   */
  scheduledRun(machine: Machine, others?: readonly string[]): Promise<string>;
  /** Waits until EventBridge Scheduler could not start a run, and sent a dead letter. */
  deadLetter(): Promise<void>;
  /** Returns the sum of a metric of an archiver since the verification began. */
  metric(machine: Machine, name: string): Promise<number | undefined>;
  /**
   * Returns for how many milliseconds the functions of an archiver ran since the verification
   * began, by their construct ids.
   */
  durations(machine: Machine): Promise<Readonly<Record<string, number>>>;
  /**
   * Returns how many requests to a bucket S3 answered with a status of 5xx, such as 503, as far as
   * CloudWatch knows.
   */
  serverErrors(place: Place): Promise<number | undefined>;
  /** Returns what is saved in the workgroup of the verification. */
  savedQueries(): Promise<SavedQuery[]>;
  /** Runs a query of Athena, and returns its rows. */
  query(sql: string, database: string): Promise<string[][]>;
}

export interface SavedQuery {
  readonly name: string;
  readonly database: string;
  readonly sql: string;
}

export interface Execution {
  readonly arn: string;
  readonly status: string;
  readonly error: string | null;
  readonly counts: Counts | null;
  /** The reason codes of the report. */
  readonly codes: string[];
}

/**
 * A run that is not over when the stage stops waiting for it. Two in a row end the verification.
 */
export class NeverEnded extends Error {}

/** The name of a bucket of the deployment. */
export function bucket({ deployment }: Stage, place: Place): string {
  return deployment.buckets[place]!;
}

export async function put(
  stage: Stage,
  place: Place,
  key: string,
  more: Partial<PutObjectCommandInput> = {},
): Promise<void> {
  await stage.s3.send(
    new PutObjectCommand({
      Bucket: bucket(stage, place),
      Key: key,
      Body: `content of ${key}`,
      ...more,
    }),
  );
}

export async function keys(stage: Stage, place: Place, Prefix?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: stage.s3 },
    { Bucket: bucket(stage, place), Prefix },
  )) {
    found.push(...Contents.map(({ Key }) => Key!));
  }
  return found;
}

/** Returns in one line everything that a move must keep. */
export async function attributes(stage: Stage, place: Place, key: string): Promise<string> {
  const head = await stage.s3.send(
    new HeadObjectCommand({ Bucket: bucket(stage, place), Key: key }),
  );
  const { ContentLength, ContentType, CacheControl, Metadata } = head;
  return JSON.stringify([ContentLength, ContentType, CacheControl, Metadata, head.TagCount ?? 0]);
}

/**
 * Empties the sources and archives, so that a scenario does not see objects of the previous
 * scenario.
 */
export async function clear(stage: Stage): Promise<void> {
  const places = (Object.keys(stage.deployment.buckets) as Place[]).filter(
    (place) => !place.endsWith('Reports'),
  );
  for (const place of places) {
    const request = { Bucket: bucket(stage, place), MaxKeys: 1000 };
    for (;;) {
      stage.signal.throwIfAborted();
      const { Contents = [] } = await stage.s3.send(new ListObjectsV2Command(request));
      if (Contents.length === 0) {
        break;
      }
      const Delete = { Objects: Contents.map(({ Key }) => ({ Key })), Quiet: true };
      const { Errors = [] } = await stage.s3.send(
        new DeleteObjectsCommand({ Bucket: request.Bucket, Delete }),
      );
      if (Errors.length > 0) {
        throw new Error(
          `${Errors[0]!.Key} of an earlier scenario cannot be deleted: ${Errors[0]!.Code}`,
        );
      }
    }
  }
}

/** Starts a run and does not wait for its end. */
export async function start(
  { sfn, deployment }: Stage,
  machine: Machine,
  input: object,
  name?: string,
): Promise<string> {
  const stateMachineArn = deployment.machines[machine];
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
  );
  return executionArn!;
}

export async function stop({ sfn }: Stage, executionArn: string): Promise<void> {
  await sfn.send(
    new StopExecutionCommand({ executionArn, cause: 'stopped by npm run verify:aws' }),
  );
}

/** Waits for the end of a run. */
export async function ended(stage: Stage, executionArn: string): Promise<Execution> {
  for (const began = Date.now(); ;) {
    stage.signal.throwIfAborted();
    if (Date.now() - began > stage.budget) {
      throw new NeverEnded(`${executionArn} still runs after ${Math.round(stage.budget / 1000)} s`);
    }
    const { status, error, name, startDate } = await stage.sfn.send(
      new DescribeExecutionCommand({ executionArn }),
    );
    if (status !== 'RUNNING') {
      return {
        arn: executionArn,
        status: status!,
        error: error ?? null,
        ...(await report(stage, executionArn, name!, startDate!)),
      };
    }
    await new Promise((resolve) => setTimeout(resolve, stage.pause));
  }
}

/** Resumes a run that failed, where it failed. */
export async function redrive(stage: Stage, executionArn: string): Promise<Execution> {
  await stage.sfn.send(new RedriveExecutionCommand({ executionArn }));
  return ended(stage, executionArn);
}

const FUNCTIONS = [
  'PlanRun',
  'ListObjects',
  'ArchiveBatch',
  'VerifyBatch',
  'RestoreBatch',
  'ReportRun',
  'ExplainFailure',
];

/** The construct id of a function in its name, which CloudFormation cuts, or in its logical id. */
export const functionId = (name: string, machine: Machine) =>
  FUNCTIONS.find((id) => name.includes(machine + id));

export const executionName = (arn: string) => arn.split(':').pop()!;

/** The machine of an execution. */
function machineOf({ machines }: Deployment, executionArn: string): Machine {
  return ARCHIVERS.find(
    (each) =>
      machines[each] !== undefined &&
      executionArn.startsWith(`${machines[each].replace(':stateMachine:', ':execution:')}:`),
  )!;
}

/** The folder of a run in the report bucket, and that bucket. */
function runFolder(
  deployment: Deployment,
  executionArn: string,
  name: string,
  startDate: Date,
): { place: Place; folder: string } {
  const machine = machineOf(deployment, executionArn);
  return {
    place: placesOf(machine)[2],
    folder: `${prefixesOf(machine)[2]}${startDate.toISOString().slice(0, 10)}/${name}/`,
  };
}

/** The output of a state of a run, as its history has it. */
export async function stateOutput(
  { sfn }: Stage,
  executionArn: string,
  state: string,
): Promise<any> {
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true }),
  );
  const exited = events.find(
    ({ stateExitedEventDetails }) => stateExitedEventDetails?.name === state,
  );
  return exited && JSON.parse(exited.stateExitedEventDetails!.output!);
}

/** How many events of an execution's history say that it entered the state. */
export async function timesEntered(
  { sfn }: Stage,
  executionArn: string,
  state: string,
): Promise<number> {
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  return events.filter(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === state)
    .length;
}

async function resultFiles(
  stage: Stage,
  executionArn: string,
): Promise<{ place: Place; files: string[] }> {
  const { name, startDate } = await stage.sfn.send(new DescribeExecutionCommand({ executionArn }));
  const { place, folder } = runFolder(stage.deployment, executionArn, name!, startDate!);
  return { place, files: await keys(stage, place, `${folder}map-run`) };
}

/** What the ResultWriter calls the files that it wrote for an execution. */
export async function resultFileNames(stage: Stage, executionArn: string): Promise<string[]> {
  const { files } = await resultFiles(stage, executionArn);
  return files.map((key) => key.split('/').pop()!).sort();
}

/** The records of the children of a run that failed, as the ResultWriter wrote them. */
export async function failedRecords(
  stage: Stage,
  executionArn: string,
): Promise<Record<string, unknown>[]> {
  const { place, files: all } = await resultFiles(stage, executionArn);
  const files = all.filter((key) => /FAILED_\d+\.jsonl?$/.test(key));
  const texts = await Promise.all(
    files.map(async (Key) => {
      const { Body } = await stage.s3.send(
        new GetObjectCommand({ Bucket: bucket(stage, place), Key }),
      );
      return Body!.transformToString();
    }),
  );
  return texts.flatMap((text) =>
    text.startsWith('[')
      ? (JSON.parse(text) as object[])
      : text
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
  ) as never;
}

interface Report {
  readonly counts: Counts;
  readonly reasons: readonly { readonly code: string }[];
  readonly seconds: number;
  readonly batches: { readonly rounds: number };
  readonly cost: { readonly total: number };
}

async function report(
  stage: Stage,
  executionArn: string,
  name: string,
  startDate: Date,
): Promise<Pick<Execution, 'counts' | 'codes'>> {
  const { place, folder } = runFolder(stage.deployment, executionArn, name, startDate);
  try {
    const { Body } = await stage.s3.send(
      new GetObjectCommand({ Bucket: bucket(stage, place), Key: `${folder}report.json` }),
    );
    const { counts, reasons, seconds, batches, cost } = JSON.parse(
      await Body!.transformToString(),
    ) as Report;
    if (counts.archived > 0 && seconds > 0) {
      const rate = (counts.archived / seconds).toFixed(1);
      stage.note(
        `${counts.archived} objects in ${seconds} s, ${rate} objects a second, ` +
          `${batches?.rounds ?? 0} rounds of batches, estimated at $${cost?.total.toFixed(6)}`,
      );
    }
    return { counts, codes: reasons.map(({ code }) => code).sort() };
  } catch (error) {
    if ((error as Error).name !== 'NoSuchKey') {
      throw error;
    }
    return { counts: null, codes: [] };
  }
}
