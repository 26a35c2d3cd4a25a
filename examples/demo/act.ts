import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { OtherWriter } from './other-writer';
import { type Check, type LedgerLine, prove, proveRestored } from './proof';
import { destinationsOf, putScene, type Scene } from './seed';
import { digest, type Snapshot, takeSnapshot } from './snapshot';
import type { FaultPlan, ObjectStore, S3Call } from '../../packages/s3-double/src';
import type { RestoreCounts, VerifyCounts } from '../../packages/sandbox/src';
import {
  openSandbox,
  type ProgressLine,
  type Sandbox,
  type SandboxSummary,
} from '../../packages/sandbox/src/internal';

export interface ActOptions {
  /** Cloud assembly of the app. */
  readonly app: string;
  readonly scene: Scene;
  /** The instant at which the schedule fires. */
  readonly now: string;
  readonly faults?: FaultPlan;
  readonly progress?: ProgressLine;
  /** Directory that gets a copy of what the report bucket holds in the end. */
  readonly keep?: string;
  /**
   * Afterwards, the archive is compared with the ledger, and the objects that this glob names are
   * copied back.
   */
  readonly restores?: string;
}

/** A verification and a restore. */
export interface Aftermath {
  readonly verification: SandboxSummary<VerifyCounts>;
  /**
   * Those of archived objects, and the earlier content of objects that were rewritten after they
   * were copied.
   */
  readonly archivedVersions: number;
  readonly restore: SandboxSummary<RestoreCounts>;
  /**
   * Whether each object that was restored is as it was before the run, and still in the archive.
   */
  readonly check: Check;
}

export interface ActResult {
  readonly bucket: string;
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly summary: SandboxSummary;
  /** Address of the run's ledger. */
  readonly ledger: string;
  readonly ledgerLines: readonly LedgerLine[];
  readonly faults: Readonly<Record<string, number>>;
  readonly checks: readonly Check[];
  /** Where the report's page is below `keep`. */
  readonly page?: string;
  readonly aftermath?: Aftermath;
}

/** Name of the execution. */
const NIGHT = 'night';

/** Seeds a bucket, runs the schedule while another program writes, and checks the result. */
export async function play({
  app,
  scene,
  now,
  faults,
  progress,
  keep,
  restores,
}: ActOptions): Promise<ActResult> {
  const other = new OtherWriter(({ key, body, options }) =>
    storeOf(sandbox).put(sandbox.sourceBucket, key, body, options),
  );
  const before = (call: S3Call) => {
    other.watch(call);
    return undefined;
  };
  const sandbox = await openSandbox({
    app,
    onProgress: (state) => progress?.update(state),
    s3: { faults, hooks: { before } },
  });
  try {
    const store = storeOf(sandbox);
    const bucket = sandbox.sourceBucket;
    putScene(store, bucket, scene);
    const snapshot = takeSnapshot(store, bucket);
    const summary = await sandbox.run({ now, name: NIGHT });
    progress?.finish();
    const result = judge(scene, other, {
      bucket,
      before: snapshot,
      after: takeSnapshot(store, bucket),
      summary,
      faults: { ...sandbox.s3!.faultsInjected },
      ...ledgerOf(store, sandbox.reportBucket, summary),
    });
    const aftermath =
      restores === undefined ? undefined : await verifyAndRestore(sandbox, result, now, restores);
    if (keep) {
      copyOut(store, sandbox.reportBucket, keep);
    }
    return { ...result, aftermath, page: summary.report?.key.replace(/json$/, 'html') };
  } finally {
    await sandbox.close();
  }
}

async function verifyAndRestore(
  sandbox: Sandbox,
  { before, ledgerLines, bucket }: ActResult,
  now: string,
  glob: string,
): Promise<Aftermath> {
  const verification = await sandbox.run<VerifyCounts>({
    now,
    input: { action: 'verify', run: NIGHT },
  });
  const restore = await sandbox.run<RestoreCounts>({
    now,
    input: { action: 'restore', run: NIGHT, keys: [glob] },
  });
  const after = takeSnapshot(storeOf(sandbox), bucket);
  const start = glob.replace(/\*.*$/, '');
  const lines = ledgerLines.filter(
    ({ key, status }) => status === 'archived' && key.startsWith(start),
  );
  const archivedVersions = ledgerLines.reduce(
    (sum, { status, earlier = [] }) => sum + earlier.length + (status === 'archived' ? 1 : 0),
    0,
  );
  return { verification, archivedVersions, restore, check: proveRestored(lines, before, after) };
}

function judge(scene: Scene, other: OtherWriter, result: Omit<ActResult, 'checks'>): ActResult {
  const checks = prove({
    sourcePrefix: scene.sourcePrefix,
    archivePrefix: scene.archivePrefix,
    before: result.before,
    after: result.after,
    written: other.writes.map(({ key, body, options }) => ({
      key,
      digest: digestOfWrite(body, options),
    })),
    destinations: destinationsOf(scene),
    counts: result.summary.counts,
    ledger: result.ledgerLines,
  });
  return { ...result, checks };
}

function storeOf(sandbox: Sandbox): ObjectStore {
  if (!sandbox.s3) {
    throw new Error('the demo needs the embedded S3');
  }
  return sandbox.s3.store;
}

function digestOfWrite(
  body: string,
  { metadata, tags, headers }: OtherWriter['writes'][number]['options'],
): string {
  return digest({
    body,
    metadata,
    tags,
    headers: headers ?? { 'content-type': 'binary/octet-stream' },
  });
}

/** The ledger of a run lies below its last day, in a folder with the name of the run. */
function ledgerOf(
  store: ObjectStore,
  bucket: string,
  { report }: SandboxSummary,
): Pick<ActResult, 'ledger' | 'ledgerLines'> {
  if (!report) {
    return { ledger: 'none', ledgerLines: [] };
  }
  const [root, , run] = report.key.split('/');
  const ledgers = store.keys(bucket, `${root}/ledger/`);
  const prefix =
    ledgers.find((key) => key.includes(`/run=${run}/`))?.replace(/[^/]*$/, '') ?? `${root}/ledger/`;
  const text = store
    .keys(bucket, prefix)
    .map((key) => store.get(bucket, key)!.body.bytes().toString('utf8'))
    .join('');
  const lines = text.split('\n').filter((line) => line !== '');
  return {
    ledger: `s3://${bucket}/${prefix}`,
    ledgerLines: lines.map((line) => JSON.parse(line) as LedgerLine),
  };
}

function copyOut(store: ObjectStore, bucket: string, directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  for (const key of store.keys(bucket)) {
    const file = path.join(directory, key);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, store.get(bucket, key)!.body.bytes());
  }
}
