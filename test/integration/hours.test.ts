/** Objects go into the folders of their hours, in both ways to know the hour. */
import { TimeZone } from 'aws-cdk-lib';
import { ArchiveLayout, DateSource, type S3DatedArchiverProps } from '../../src';
import { type Rehearsal, rehearse } from '../helpers/run-in-sandbox';

let it: Rehearsal | undefined;
afterEach(() => it?.close());

async function archive(
  props: Partial<S3DatedArchiverProps>,
  date: string,
  fill: (started: Rehearsal) => void,
) {
  it = await rehearse(props);
  fill(it);
  const { counts } = await it.sandbox.run({
    input: { date },
    now: `${date.slice(0, 8)}30T01:00:00Z`,
  });
  return { counts, archive: Object.keys(it.archive()) };
}

test('an hour in a name, below a Hive partition, with a listing that is narrowed to the day', async () => {
  const props = {
    dateSource: DateSource.keyPrefix('yyyy-MM-dd-HH'),
    layout: ArchiveLayout.hive({ hours: true }),
  };
  expect(
    await archive(props, '2026-11-24', ({ put }) => {
      ['2026-11-23-23', '2026-11-24-00', '2026-11-24-23', '2026-11-24'].forEach((name) =>
        put(`incoming/${name}.csv`),
      );
    }),
  ).toEqual({
    counts: { listed: 2, archived: 2, skipped: 0, conflicting: 0, failed: 0 },
    archive: ['00', '23'].map(
      (hour) => `archive/year=2026/month=11/day=24/hour=${hour}/2026-11-24-${hour}.csv`,
    ),
  });
});

test('the hour of the last modification, in a night of 25 hours', async () => {
  const props = {
    dateSource: DateSource.lastModified(),
    layout: ArchiveLayout.of('yyyy/MM/dd/HH/'),
    timeZone: TimeZone.EUROPE_BERLIN,
  };
  const result = await archive(props, '2026-10-25', ({ sandbox: { s3, sourceBucket } }) => {
    for (const [name, time] of [
      ['a', '24T22:00'],
      ['b', '25T00:30'],
      ['c', '25T01:30'],
      ['d', '25T02:00'],
      ['e', '25T23:00'],
    ]) {
      s3!.store.put(sourceBucket, `incoming/${name}`, name, {
        lastModified: new Date(`2026-10-${time}:00Z`),
      });
    }
  });
  expect(result).toEqual({
    counts: { listed: 5, archived: 4, skipped: 1, conflicting: 0, failed: 0 },
    archive: ['00/a', '02/b', '02/c', '03/d'].map((name) => `archive/2026/10/25/${name}`),
  });
});
