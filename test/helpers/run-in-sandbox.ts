import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  openSandbox,
  type Sandbox,
  type SandboxOptions,
} from '../../packages/sandbox/src/internal';
import type { Alert } from '../../packages/sandbox/src/sns/topics';
import { S3DatedArchiver, type S3DatedArchiverProps } from '../../src';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';

/** A synthesized archiver that runs without AWS. */
export interface Rehearsal {
  readonly sandbox: Sandbox;
  /** Puts an object into the source bucket. The default content is its key. */
  put(key: string, content?: string): void;
  putArchived(key: string, content: string): void;
  /**
   * Returns the keys of the source bucket. If the archive is in the same bucket, its keys are left
   * out.
   */
  source(): string[];
  /** Returns the contents of the archive by key. */
  archive(): Record<string, string>;
  /** Returns the lines of the ledgers of all runs. */
  ledger(): LedgerLine[];
  /**
   * Empties the buckets, and forgets all runs and messages: for the next test, whose functions are
   * warm and as good as new.
   */
  startOver(): void;
  close(): Promise<void>;
}

type Props = Partial<S3DatedArchiverProps> | ((stack: Stack) => Partial<S3DatedArchiverProps>);

export interface RehearsalOptions extends Partial<SandboxOptions> {
  /** Environment variables of the archive-batch function in addition to those of the construct. */
  readonly environment?: Record<string, string>;
  readonly stackProps?: StackProps;
  /** Adds to the archiver what its props cannot. */
  readonly extend?: (archiver: S3DatedArchiver) => void;
}

export async function rehearse(
  props: Props = {},
  { environment = {}, stackProps, extend, ...options }: RehearsalOptions = {},
): Promise<Rehearsal> {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'rehearsal-'));
  const app = new App({ outdir, treeMetadata: false });
  const stack = new Stack(app, 'Rehearsal', stackProps);
  const given = { prefix: 'incoming/', ...(typeof props === 'function' ? props(stack) : props) };
  const sourceBucket = given.bucket ?? new Bucket(stack, 'Source', { bucketName: 'source' });
  const archiver = new S3DatedArchiver(stack, 'Archiver', { ...given, bucket: sourceBucket });
  for (const [name, value] of Object.entries(environment)) {
    archiver.handler.addEnvironment(name, value);
  }
  extend?.(archiver);
  app.synth();

  const sandbox = await openSandbox({ app: outdir, retryScale: 0, ...options });
  const { store } = sandbox.s3!;
  const prefix = given.destinationPrefix ?? 'archive/';
  const read = (bucket: string, key: string) => store.get(bucket, key)!.body.bytes().toString();
  return {
    sandbox,
    put: (key, content = key) => {
      store.put(sandbox.sourceBucket, key, content);
    },
    putArchived: (key, content) => {
      store.put(sandbox.destinationBucket, key, content);
    },
    source: () =>
      store
        .keys(sandbox.sourceBucket)
        .filter(
          (key) => sandbox.sourceBucket !== sandbox.destinationBucket || !key.startsWith(prefix),
        ),
    archive: () =>
      Object.fromEntries(
        store
          .keys(sandbox.destinationBucket, prefix)
          .map((key) => [key, read(sandbox.destinationBucket, key)]),
      ),
    ledger: () =>
      store
        .keys(sandbox.reportBucket)
        .filter((key) => key.includes('/ledger/'))
        .flatMap((key) =>
          read(sandbox.reportBucket, key)
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line) as LedgerLine),
        ),
    startOver: () => {
      for (const bucket of sandbox.bucketNames) {
        store.keys(bucket).forEach((key) => store.delete(bucket, key));
      }
      sandbox.records.executions.clear();
      sandbox.records.mapRuns.clear();
      (sandbox.published as Alert[]).length = 0;
    },
    close: async () => {
      await sandbox.close();
      fs.rmSync(outdir, { recursive: true });
    },
  };
}

/**
 * Tests of a file with the same props share an archiver: starting its functions would be most of
 * their time.
 */
export function shareRehearsals(): (props: Partial<S3DatedArchiverProps>) => Promise<Rehearsal> {
  const opened = new Map<string, Rehearsal>();
  afterAll(() => Promise.all([...opened.values()].map((rehearsal) => rehearsal.close())));
  return async (props) => {
    const name = JSON.stringify(props);
    const rehearsal = opened.get(name) ?? (await rehearse(props));
    opened.set(name, rehearsal);
    rehearsal.startOver();
    return rehearsal;
  };
}
