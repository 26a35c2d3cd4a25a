/**
 * Nights in a region that is not known to have annotations of objects, so that no role may read or
 * write them: nothing stops where S3 has none, and none is lost where it has some after all.
 */
import type { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Fault, S3Call } from '../../packages/s3-double/src';
import { type Rehearsal, rehearse } from '../helpers/run-in-sandbox';

const MIB = 1024 ** 2;
const DAY = { input: { date: '2026-11-24' } };
const IN_GOVCLOUD = {
  stackProps: { env: { account: '111122223333', region: 'us-gov-west-1' } },
  environment: { MULTIPART_THRESHOLD_BYTES: String(5 * MIB) },
};

const open: Rehearsal[] = [];
afterEach(async () => {
  for (const rehearsal of open.splice(0)) {
    await rehearsal.close();
  }
});

async function archiver(before: (call: S3Call) => Fault | undefined): Promise<Rehearsal> {
  const rehearsal = await rehearse(
    (stack: Stack) => ({
      destinationBucket: new Bucket(stack, 'Archive', { bucketName: 'archive' }),
      toleratedFailurePercentage: 100,
    }),
    { ...IN_GOVCLOUD, s3: { hooks: { before } } },
  );
  open.push(rehearsal);
  rehearsal.put('incoming/plain-2026-11-24.csv');
  rehearsal.put('incoming/large-2026-11-24.bin', 'x'.repeat(11 * MIB));
  // The copy of an earlier attempt, which is compared.
  rehearsal.put('incoming/copied-2026-11-24.csv', 'copied');
  rehearsal.putArchived('archive/2026/11/24/copied-2026-11-24.csv', 'copied');
  return rehearsal;
}

const toFates = (it: Rehearsal) =>
  Object.fromEntries(
    it.ledger().map(({ key, status, code }) => [/incoming\/(\w+)-/.exec(key)![1], code ?? status]),
  );

test.each([
  [405, 'MethodNotAllowed'],
  [501, 'NotImplemented'],
])('an S3 that answers %i to requests about annotations: all is archived', async (status, code) => {
  const asked: string[] = [];
  const it = await archiver(({ operation }) => {
    if (!operation.includes('Annotation')) {
      return undefined;
    }
    asked.push(operation);
    return { kind: 'Error', status, code };
  });
  const run = await it.sandbox.run(DAY);
  expect([run.status, run.counts]).toMatchObject(['SUCCEEDED', { archived: 3, failed: 0 }]);
  expect(asked).toContain('ListObjectAnnotations');
  expect(it.source()).toEqual([]);
});

test('an S3 that has annotations: what could lose some stays, all else is archived', async () => {
  const it = await archiver(() => undefined);
  it.sandbox.s3!.store.put('source', 'incoming/annotated-2026-11-24.csv', 'annotated', {
    annotations: { note: 'a note' },
  });
  await it.sandbox.run(DAY);
  expect(toFates(it)).toEqual({
    plain: 'archived',
    large: 'ACCESS_DENIED',
    copied: 'ACCESS_DENIED',
    annotated: 'ACCESS_DENIED',
  });
  expect(it.source()).toEqual([
    'incoming/annotated-2026-11-24.csv',
    'incoming/copied-2026-11-24.csv',
    'incoming/large-2026-11-24.bin',
  ]);
  expect(it.ledger().find(({ key }) => key.includes('large'))!.message).toContain(
    'not authorized to perform: s3:ListObjectAnnotations',
  );
});
