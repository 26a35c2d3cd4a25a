import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver, type S3DatedArchiverProps } from '../../../src';
import { simulatePolicies } from '../../helpers/simulate-policies';

const PACKING = {
  packing: { _settings: () => ({ maxObjectSize: 2 ** 20, maxPackSize: 2 ** 28 }) },
} as Partial<S3DatedArchiverProps>;

function synth(props: Partial<S3DatedArchiverProps> = {}): string {
  const stack = new Stack(new App(), 'Stack');
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: new s3.Bucket(stack, 'Source'),
    prefix: 'in/',
    ...props,
  });
  return JSON.stringify(Template.fromStack(stack).toJSON());
}

test('without packing the template has nothing of it, with allowRestore neither', () => {
  for (const trace of ['extracted/', 'pack-index/', 'Copies objects out of packs']) {
    expect(synth()).not.toContain(trace);
    expect(synth({ allowRestore: true })).not.toContain(trace);
    expect(synth(PACKING)).toContain(trace);
  }
  expect(synth()).not.toContain('RestoreObjects');
  expect(synth(PACKING)).toContain('RestoreObjects');
});

test.each([
  [false, ['RestoreBatch']],
  [true, ['RestoreBatch']],
])('one function restores to both targets (allowRestore: %s)', (allowRestore, _) => {
  const functions = synth({ ...PACKING, allowRestore }).match(/"Description":"Copies [^"]*"/g);
  expect(functions).toEqual([
    allowRestore
      ? '"Description":"Copies archived objects back to their old keys for an S3DatedArchiver"'
      : '"Description":"Copies objects out of packs for an S3DatedArchiver"',
  ]);
});

describe('the role that restores to the reports', () => {
  const place = { prefix: 'in/', destinationPrefix: 'archive/' };
  const roles = (allowRestore: boolean, object: string, ...actions: string[]) =>
    simulatePolicies((stack) => ({
      ...PACKING,
      ...place,
      allowRestore,
      reportBucket: new s3.Bucket(stack, 'Reports', { bucketName: 'reports' }),
    })).who(object, ...actions);

  test('writes below extracted/, and no other role does', () => {
    expect(roles(false, 'reports/runs/extracted/look/in/a', 's3:PutObject')).toEqual([
      'RestoreBatch',
    ]);
  });

  test('reads the archive and does nothing at the source', () => {
    expect(
      roles(false, 'data/archive/2026/11/24/pack-0123456789abcdef.zip', 's3:GetObject'),
    ).toContain('RestoreBatch');
    expect(
      roles(
        false,
        'data/archive/pack-index/day=2026-11-24/pack-0123456789abcdef.jsonl.gz',
        's3:GetObject',
      ),
    ).toContain('RestoreBatch');
    expect(
      roles(
        false,
        'data/in/a',
        's3:GetObject',
        's3:PutObject',
        's3:DeleteObject',
        's3:PutObjectTagging',
      ),
    ).not.toContain('RestoreBatch');
    expect(roles(false, 'data/archive/a', 's3:PutObject', 's3:DeleteObject')).not.toContain(
      'RestoreBatch',
    );
  });

  test('has a planner that lists the packs and reads their indexes, and nothing else there', () => {
    const index = 'data/archive/pack-index/day=2026-11-24/pack-0123456789abcdef.jsonl.gz';
    expect(roles(false, index, 's3:GetObject')).toContain('PlanRun');
    for (const object of ['data/archive/2026/11/24/pack-0123456789abcdef.zip', 'data/in/a']) {
      expect(roles(false, object, 's3:GetObject')).not.toContain('PlanRun');
    }
    expect(roles(true, index, 's3:PutObject', 's3:DeleteObject')).not.toContain('PlanRun');
  });

  test('writes at the source only with allowRestore', () => {
    expect(roles(true, 'data/in/a', 's3:PutObject')).toContain('RestoreBatch');
  });
});
