import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type S3Double, startS3 } from 'cdk-s3-dated-archiver-s3-double';
import type { Json, JsonObject } from '../../src/common/json';
import type { Definition } from '../../src/states-language/definition';
import { compile } from '../../src/step-functions/compile';
import { Execution } from '../../src/step-functions/execution';
import { History } from '../../src/step-functions/history';
import { DistributedMaps } from '../../src/step-functions/map/distributed-map';
import { MAX_RESULT_FILE_BYTES } from '../../src/step-functions/quotas';
import { type ExecutionRecord, type MapRunRecord, Records } from '../../src/step-functions/records';
import { beginRedrive, type ResumePoint } from '../../src/step-functions/redrive';
import { createS3Client } from '../../src/step-functions/s3-client';
import type { Meter, World } from '../../src/step-functions/world';

/** The services that a Task state calls, by resource. Each gets the effective input. */
export type Services = Record<string, (input: any) => Json | Promise<Json>>;

export interface Outcome {
  readonly record: ExecutionRecord;
  readonly output: any;
  readonly mapRun: MapRunRecord | undefined;
  readonly records: Records;
  readonly meter: Meter;
  /** Redrives the execution from the point where it ended. */
  redrive(): Promise<Outcome>;
}

export interface BenchOptions {
  readonly input?: Json;
  /** Is called when an attempt starts. */
  readonly onStart?: (execution: Execution) => void;
  readonly clock?: () => Date;
  readonly demandRedrive?: World['demandRedrive'];
  readonly retryScale?: number;
  readonly maxResultFileBytes?: number;
}

export const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:Work';

const MACHINE = {
  arn: 'arn:aws:states:us-east-1:123456789012:stateMachine:Machine',
  name: 'Machine',
  roleArn: 'arn:aws:iam::123456789012:role/Machine',
};

export function s3ClientFor({ endpoint }: S3Double): S3Client {
  return createS3Client({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'Machine', secretAccessKey: 'test' },
    forcePathStyle: true,
  });
}

/** Runs definitions against an S3 double. Functions of the test replace Lambda functions. */
export class Bench {
  static async open(): Promise<Bench> {
    const double = await startS3();
    for (const bucket of ['source', 'results']) {
      double.store.createBucket(bucket);
    }
    return new Bench(double, s3ClientFor(double));
  }

  private readonly maps = new DistributedMaps();

  private constructor(
    readonly double: S3Double,
    readonly s3: S3Client,
  ) {}

  seed(count: number, prefix = 'in/'): void {
    for (let i = 0; i < count; i++) {
      this.double.store.put('source', `${prefix}${String(i).padStart(6, '0')}`, `${i}`);
    }
  }

  async run(definition: object, services: Services, options: BenchOptions = {}): Promise<Outcome> {
    const records = new Records();
    const meter = { transitions: 0, children: 0 };
    const world: World = {
      clock: options.clock ?? (() => new Date()),
      records,
      meter,
      s3: this.s3,
      call: async ({ resource, input }) => services[resource]!(input),
      demandRedrive: options.demandRedrive,
      runMap: (invocation) => this.maps.run(invocation),
      onMapProgress: () => undefined,
      maxResultFileBytes: options.maxResultFileBytes ?? MAX_RESULT_FILE_BYTES,
    };
    const record: ExecutionRecord = {
      arn: 'arn:aws:states:us-east-1:123456789012:execution:Machine:run-1',
      name: 'run-1',
      stateMachineArn: MACHINE.arn,
      startDate: new Date('2026-11-24T16:00:00Z'),
      input: JSON.stringify(options.input ?? {}),
      status: 'RUNNING',
      redriveCount: 0,
      history: new History(() => new Date()),
    };
    records.executions.set(record.arn, record);
    const compiled = compile(definition as Definition, { retryScale: options.retryScale ?? 0 });
    const attempt = async (resume?: ResumePoint): Promise<Outcome> => {
      const execution = new Execution(compiled, MACHINE, record, world, resume);
      options.onStart?.(execution);
      await execution.finish();
      return {
        record,
        records,
        meter,
        output: record.output === undefined ? undefined : JSON.parse(record.output),
        mapRun: [...records.mapRuns.values()][0],
        redrive: () => attempt(beginRedrive(record, compiled.definition, world.clock())),
      };
    };
    return attempt();
  }

  /** Returns the text of an object. */
  async text(bucket: string, key: string): Promise<string> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body!.transformToString();
  }

  async json(bucket: string, key: string): Promise<any> {
    return JSON.parse(await this.text(bucket, key));
  }

  async close(): Promise<void> {
    this.maps.close();
    this.s3.destroy();
    await this.double.close();
  }
}

/**
 * Returns a Distributed Map over the source bucket. Its children call FUNCTION with their whole
 * input.
 */
export function mapState(
  fields: JsonObject | object = {},
  processor: object = {},
): Record<string, unknown> {
  return {
    Type: 'Map',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Work',
      States: { Work: { Type: 'Task', Resource: FUNCTION, End: true } },
      ...processor,
    },
    ItemReader: {
      Resource: 'arn:aws:states:::s3:listObjectsV2',
      Parameters: { Bucket: 'source', Prefix: 'in/' },
    },
    Label: 'Everything',
    End: true,
    ...fields,
  };
}

export function machine(state: object, more: object = {}): object {
  return { StartAt: 'Map', States: { Map: state, ...more } };
}
