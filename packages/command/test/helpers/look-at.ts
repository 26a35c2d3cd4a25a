import type { _Object, S3Client } from '@aws-sdk/client-s3';
import { SyntheticBucket, type SyntheticProducer } from './synthetic-bucket';
import { findDatesInKey, parseDateSource } from '../../../../src/dates/key-dates';
import { readInUtc } from '../../../../src/dates/read-dates';
import { compareKeys } from '../../../../src/lambda/s3/listing/compare-keys';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { look, type LookOptions, type LookReport } from '../../src';

export const NOW = '2026-12-02T00:00:00Z';
export const clock = { ...systemClock, now: () => Date.parse(NOW) };

const OPTIONS = {
  clock,
  source: { bucket: 'logs', prefix: 'in/' },
  destination: { bucket: 'logs', prefix: 'archive/' },
  pages: 2_000,
  timeZone: 'UTC',
};

export type Given = Partial<LookOptions>;

/** Looks at what producers write. */
export function lookAt(
  producers: readonly SyntheticProducer[],
  options: Given = {},
): Promise<LookReport> {
  return look({ ...OPTIONS, s3: new SyntheticBucket(producers).client, ...options });
}

/** A key, and when it was last modified. */
export type GivenKey = string | (Partial<_Object> & { readonly Key: string });

const MODIFIED = new Date('2026-11-24T12:00:00Z');

/** Looks at single keys below the prefix, and at those of the destination. */
export function lookAtKeys(
  keys: readonly GivenKey[],
  options: Given = {},
  archived: readonly string[] = [],
): Promise<LookReport> {
  return look({ ...OPTIONS, s3: stub(keys, archived), ...options });
}

function stub(keys: readonly GivenKey[], archived: readonly string[]): S3Client {
  const toObjects = (prefix: string, given: readonly GivenKey[]): _Object[] =>
    given
      .map((each) => ({
        Size: 10,
        LastModified: MODIFIED,
        ...(typeof each === 'string' ? {} : each),
        Key: prefix + (typeof each === 'string' ? each : each.Key),
      }))
      .sort((a, b) => compareKeys(a.Key, b.Key));
  const all = [...toObjects('in/', keys), ...toObjects('archive/', archived)];
  const send = async ({ input }: { input: { Prefix: string; StartAfter?: string } }) => {
    const { Prefix: prefix, StartAfter: after = '' } = input;
    const left = all.filter(({ Key }) => Key!.startsWith(prefix) && compareKeys(after, Key!) < 0);
    return { Contents: left.slice(0, 1_000), IsTruncated: left.length > 1_000 };
  };
  return { send } as unknown as S3Client;
}

/** The day that the archiver reads in a key with the props of the report, each alternative. */
export function readDays({ props }: LookReport, key: string): string[][] {
  return props.map(({ typescript }) => {
    const [, kind = 'objectName', formats = "'yyyy-MM-dd'"] =
      /dateSource: DateSource\.(\w+)\((.*)\),\n/.exec(typescript) ?? [];
    const source = parseDateSource({
      kind: kind as 'objectName',
      // eslint-disable-next-line @typescript-eslint/no-implied-eval
      formats: new Function(`return [${formats}]`)() as string[],
    });
    return findDatesInKey(source, key, readInUtc).map(({ date }) => date);
  });
}
