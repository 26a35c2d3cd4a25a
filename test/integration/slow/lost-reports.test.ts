/**
 * What docs/runbook.md says of a lost report bucket: what still works, what does not, and that the
 * commands there bring a day back. The inputs of runs are those of the page.
 */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Size } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Packing, type S3DatedArchiverProps } from '../../../src';
import { type Rehearsal, rehearse } from '../../helpers/run-in-sandbox';
import { build, synth } from '../../helpers/synth';

jest.setTimeout(180_000);

const [, SECTION] = readFileSync(path.resolve(__dirname, '../../../docs/runbook.md'), 'utf8').split(
  '## A lost report bucket\n',
);
/** The inputs of the section's commands, in its order. */
const [BY_PACKS, AGAIN, VERIFY] = [
  ...SECTION!.split('\n## ')[0]!.matchAll(/--input '([^']+)'/g),
].map(([, input]) => JSON.parse(input!) as Record<string, string>) as [object, object, object];

const DAY = { date: '2026-11-24' };
const NAMES = ['a-2026-11-24.csv', 'b-2026-11-24.csv', 'c-2026-11-24.csv', 'eu/b-2026-11-24.csv'];
const KEYS = NAMES.map((name) => `incoming/${name}`);
const FOLDER = 'archive/2026/11/24/';
const PACKED: Partial<S3DatedArchiverProps> = {
  packing: Packing.zip({ maxObjectSize: Size.kibibytes(100) }),
};

let opened: Rehearsal[] = [];
afterEach(async () => {
  await Promise.all(opened.map((each) => each.close()));
  opened = [];
});

/** An archiver that has archived a day, and then lost its reports. */
async function lost(
  props: Partial<S3DatedArchiverProps>,
  lose: (it: Rehearsal) => void,
): Promise<Rehearsal> {
  const it = await rehearse({ allowRestore: true, ...props });
  opened.push(it);
  KEYS.forEach((key) => it.put(key));
  expect((await it.sandbox.run({ input: DAY, name: 'night' })).status).toBe('SUCCEEDED');
  expect(it.source()).toEqual([]);
  lose(it);
  return it;
}

function empty({ sandbox }: Rehearsal): void {
  const { store } = sandbox.s3!;
  store.keys(sandbox.reportBucket).forEach((key) => store.delete(sandbox.reportBucket, key));
}

function remove({ sandbox }: Rehearsal): void {
  sandbox.s3!.store.buckets.delete(sandbox.reportBucket);
}

async function outcome({ sandbox }: Rehearsal, input: object, name: string) {
  const { status, counts } = await sandbox.run({ input, name });
  return { status, counts, error: sandbox.lastExecution?.error };
}

describe('emptied', () => {
  test('the next night archives; a verification and a restore say that no run has a ledger', async () => {
    const it = await lost({}, empty);
    const archive = it.archive();
    for (const action of ['verify', 'restore']) {
      for (const which of [{ run: 'night' }, { from: '2026-11-24', to: '2026-11-24' }]) {
        const name = `${action}-${Object.keys(which).join('-')}`;
        expect(await outcome(it, { action, ...which }, name)).toMatchObject({
          status: 'FAILED',
          error: 'InvalidRunInput',
        });
        expect(String(it.sandbox.lastExecution?.cause)).toMatch(/no run of this archiver has a/);
      }
    }
    expect(it.archive()).toEqual(archive);
    it.put('incoming/d-2026-11-24.csv');
    expect(await outcome(it, DAY, 'next')).toMatchObject({
      status: 'SUCCEEDED',
      counts: { archived: 1, failed: 0 },
    });
    expect(it.archive()).toMatchObject(archive);
  });

  test('packs: a restore to the reports by packs takes everything, one by run nothing', async () => {
    const it = await lost(PACKED, empty);
    expect(
      await outcome(it, { action: 'restore', target: 'reports', run: 'night' }, 'by-run'),
    ).toMatchObject({
      status: 'FAILED',
      error: 'InvalidRunInput',
    });
    expect(await outcome(it, BY_PACKS, 'by-days')).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 4, restored: 4, failed: 0 },
    });
    const { store } = it.sandbox.s3!;
    const folder = 'runs/extracted/by-days/';
    expect(
      store.keys(it.sandbox.reportBucket, folder).map((key) => key.slice(folder.length)),
    ).toEqual(KEYS);
  });

  test('objects that are copied back get a new ledger, which a verification proves', async () => {
    const it = await lost({}, empty);
    const archive = it.archive();
    // `aws s3 cp --recursive s3://ARCHIVE/archive/2026/11/24/ s3://SOURCE/incoming/`
    for (const [key, content] of Object.entries(archive)) {
      it.put(key.replace(FOLDER, 'incoming/'), content);
    }
    expect(it.source()).toEqual(KEYS);
    expect(await outcome(it, AGAIN, 'again')).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 4, archived: 4, conflicting: 0, failed: 0 },
    });
    expect([it.source(), it.archive()]).toEqual([[], archive]);
    expect(await outcome(it, VERIFY, 'verify')).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 4, present: 4, changed: 0, missing: 0, unproven: 0 },
    });
    expect(await outcome(it, { action: 'restore', run: 'again' }, 'restore')).toMatchObject({
      status: 'SUCCEEDED',
      counts: { restored: 4 },
    });
    expect(it.source()).toEqual(KEYS);
  });
});

test.each([
  ['moved', {}],
  ['packed', PACKED],
])('deleted, %s: nothing is touched, and the archive is as it was', async (_, props) => {
  const it = await lost(props, remove);
  const archive = it.archive();
  it.put('incoming/d-2026-11-24.csv');
  for (const [name, input] of Object.entries({
    next: DAY,
    verify: VERIFY,
    restore: { action: 'restore', run: 'night' },
    ...(props === PACKED && { 'by-packs': BY_PACKS }),
  })) {
    expect(await outcome(it, input, name)).toMatchObject({
      status: 'FAILED',
      error: 'NoSuchBucket',
    });
  }
  expect([it.source(), it.archive()]).toEqual([['incoming/d-2026-11-24.csv'], archive]);
  expect(it.sandbox.published.map(({ subject }) => subject)).toContainEqual(
    expect.stringContaining('Archive run failed: S3'),
  );
});

test('with `reportBucket`, the stack has no other bucket for reports', () => {
  const buckets = (template: Template) => Object.keys(template.findResources('AWS::S3::Bucket'));
  expect(buckets(synth().template)).toHaveLength(2);
  const { stack } = build((scope) => ({ reportBucket: new Bucket(scope, 'Mine') }));
  expect(buckets(Template.fromStack(stack)).filter((id) => id.startsWith('Archiver'))).toEqual([]);
});

test('the policy of the report bucket only denies requests without TLS', () => {
  const [policy] = Object.values(synth().template.findResources('AWS::S3::BucketPolicy'));
  expect(policy!.Properties.PolicyDocument.Statement).toEqual([
    expect.objectContaining({
      Effect: 'Deny',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  ]);
});
