import { DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, GetExecutionHistoryCommand, type SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Deployment } from './app';
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
  /** Returns the subjects of the messages since the last call. Waits until the expected number has arrived. */
  subjects(expected: number): Promise<string[]>;
}

export interface Execution {
  readonly arn: string;
  readonly status: string;
  readonly error: string | null;
  readonly counts: Counts | null;
  /** The reason codes of the report. */
  readonly codes: string[];
}

export type Machine = 'Standard' | 'Express' | 'Whole';
type Place = 'SourceBucket' | 'ArchiveBucket' | 'ReportsBucket';

export async function put({ s3, deployment }: Stage, place: Place, key: string, more: Partial<PutObjectCommandInput> = {}): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: deployment[place], Key: key, Body: `content of ${key}`, ...more }));
}

export async function keys({ s3, deployment }: Stage, place: Place, Prefix?: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: deployment[place], Prefix }));
  return Contents.map(({ Key }) => Key!);
}

/** Returns in one line everything that a move must keep. */
export async function attributes({ s3, deployment }: Stage, place: Place, key: string): Promise<string> {
  const head = await s3.send(new HeadObjectCommand({ Bucket: deployment[place], Key: key }));
  const { ContentLength, ContentType, CacheControl, Metadata } = head;
  return JSON.stringify([ContentLength, ContentType, CacheControl, Metadata, head.TagCount ?? 0]);
}

/** Empties both buckets, so that a scenario does not see objects of the previous scenario. */
export async function clear(stage: Stage): Promise<void> {
  for (const place of ['SourceBucket', 'ArchiveBucket'] as const) {
    const found = await keys(stage, place);
    const Delete = { Objects: found.map((Key) => ({ Key })) };
    if (found.length > 0) {
      await stage.s3.send(new DeleteObjectsCommand({ Bucket: stage.deployment[place], Delete }));
    }
  }
}

/** Starts a run and does not wait for its end. */
export async function start({ sfn, deployment }: Stage, machine: Machine, input: object, name?: string): Promise<string> {
  const stateMachineArn = deployment[`${machine}Machine`];
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
  return executionArn!;
}

export async function stop({ sfn }: Stage, executionArn: string): Promise<void> {
  await sfn.send(new StopExecutionCommand({ executionArn, cause: 'stopped by npm run verify:aws' }));
}

/** Waits for the end of a run. */
export async function ended(stage: Stage, executionArn: string): Promise<Execution> {
  for (const began = Date.now(); ;) {
    stage.signal.throwIfAborted();
    if (Date.now() - began > stage.budget) {
      throw new Error(`${executionArn} still runs after ${stage.budget / 1000} s`);
    }
    const { status, error, name, startDate } = await stage.sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING') {
      return { arn: executionArn, status: status!, error: error ?? null, ...await report(stage, executionArn, name!, startDate!) };
    }
    await new Promise((resolve) => setTimeout(resolve, stage.pause));
  }
}

/** The folder of a run in the report bucket. */
export function getRunFolder(deployment: Deployment, executionArn: string, name: string, startDate: Date): string {
  const isOf = (machine: string) => executionArn.startsWith(`${machine.replace(':stateMachine:', ':execution:')}:`);
  const suffix = isOf(deployment.ExpressMachine) ? '-express' : isOf(deployment.WholeMachine) ? '-whole' : '';
  return `runs${suffix}/${startDate.toISOString().slice(0, 10)}/${name}/`;
}

/** The output of a state of a run, as its history has it. */
export async function stateOutput({ sfn }: Stage, executionArn: string, state: string): Promise<any> {
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, reverseOrder: true }));
  const exited = events.find(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === state);
  return exited && JSON.parse(exited.stateExitedEventDetails!.output!);
}

/** The records of the children of a run that failed, as the ResultWriter wrote them. */
export async function failedRecords(stage: Stage, executionArn: string): Promise<Record<string, unknown>[]> {
  const { name, startDate } = await stage.sfn.send(new DescribeExecutionCommand({ executionArn }));
  const folder = `${getRunFolder(stage.deployment, executionArn, name!, startDate!)}map-run`;
  const files = (await keys(stage, 'ReportsBucket', folder)).filter((key) => /FAILED_\d+\.jsonl?$/.test(key));
  const texts = await Promise.all(files.map(async (Key) => {
    const { Body } = await stage.s3.send(new GetObjectCommand({ Bucket: stage.deployment.ReportsBucket, Key }));
    return Body!.transformToString();
  }));
  return texts.flatMap((text) => (text.startsWith('[') ? JSON.parse(text) as object[] : text.split('\n').filter(Boolean).map((line) => JSON.parse(line)))) as never;
}

async function report({ s3, deployment }: Stage, executionArn: string, name: string, startDate: Date): Promise<Pick<Execution, 'counts' | 'codes'>> {
  const Key = `${getRunFolder(deployment, executionArn, name, startDate)}report.json`;
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: deployment.ReportsBucket, Key }));
    const { counts, reasons } = JSON.parse(await Body!.transformToString()) as { counts: Counts; reasons: { code: string }[] };
    return { counts, codes: reasons.map(({ code }) => code).sort() };
  } catch (error) {
    if ((error as Error).name !== 'NoSuchKey') { throw error; }
    return { counts: null, codes: [] };
  }
}
