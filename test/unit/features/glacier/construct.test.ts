import { CfnParameter, Duration, Lazy, Size, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import {
  GlacierSources,
  DateSelection,
  type RestoreFirstOptions,
  RetrievalTier,
  type S3DatedArchiverProps,
} from '../../../../src';
import { actionsOn, environment, resolve, synth } from '../../../helpers/synth';

const RESTORE = GlacierSources.restoreFirst({ days: 3 });
const GIB = 1024 ** 3;

test.each([0, 1.5, -1, 36_501, NaN])('refuses %d days', (days) => {
  expect(() => GlacierSources.restoreFirst({ days })).toThrow(
    `GlacierSources.restoreFirst() with ${days} days is not allowed: give a whole number of days ` +
      'from 1 to 36,500',
  );
});

test.each([0, 1.5, -1, NaN, 2 ** 53])('refuses a limit of %d objects', (maxObjects) => {
  expect(() => GlacierSources.restoreFirst({ days: 3, maxObjects })).toThrow(
    `maxObjects of GlacierSources.restoreFirst() is ${maxObjects} and must be a whole number ` +
      'from 1: to restore nothing, use GlacierSources.report()',
  );
});

test.each([Size.bytes(0), Size.pebibytes(8)])('refuses a limit of %s', (maxSize) => {
  expect(() => GlacierSources.restoreFirst({ days: 3, maxSize })).toThrow(
    `maxSize of GlacierSources.restoreFirst() is ${maxSize.toBytes()} bytes and must be a whole ` +
      'number of bytes from 1, and below 8 PiB',
  );
});

test('refuses a tier that S3 does not have', () => {
  expect(() => GlacierSources.restoreFirst({ days: 3, tier: 'BULK' as never })).toThrow(
    'GlacierSources.restoreFirst(): tier is the string "BULK" and must be one of Expedited, ' +
      'Standard, Bulk: use the constants of RetrievalTier',
  );
});

test('refuses another kind of value', () => {
  expect(() => synth({ glacierSources: { days: 3 } as never })).toThrow(
    'glacierSources is an object and must be a GlacierSources: pass, for example, ' +
      'GlacierSources.report()',
  );
});

test('a tier may be a token, which is checked when its value is known', () => {
  const tier = Lazy.string({ produce: () => 'Bulk' }) as RetrievalTier;
  const { template } = synth({ glacierSources: GlacierSources.restoreFirst({ tier, days: 3 }) });
  // It may be the expensive one, whose limits are the lowest.
  expect(JSON.parse(environment(template).GLACIER_SOURCES)).toEqual({
    tier: 'Bulk',
    days: 3,
    maxObjects: 1_000,
    maxBytes: 100 * GIB,
  });
});

test('the functions get the tier and the days, also as a token', () => {
  expect(
    JSON.parse(environment(synth({ glacierSources: RESTORE }).template).GLACIER_SOURCES),
  ).toEqual({ tier: 'Standard', days: 3, maxObjects: 100_000, maxBytes: 1024 * GIB });
  const { template } = synth((stack: Stack) => {
    const days = new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber;
    return { glacierSources: GlacierSources.restoreFirst({ tier: RetrievalTier.BULK, days }) };
  });
  expect(
    JSON.parse(
      resolve(template, environment(template, 'ArchiveBatch', { Days: 30 })).GLACIER_SOURCES,
    ),
  ).toEqual({ tier: 'Bulk', days: 30, maxObjects: 100_000, maxBytes: 1024 * GIB });
});

test('the functions get the limits, also as tokens', () => {
  const { template } = synth((stack: Stack) => {
    const given = new CfnParameter(stack, 'Given', { type: 'Number' }).valueAsNumber;
    return {
      glacierSources: GlacierSources.restoreFirst({
        days: 3,
        maxObjects: given,
        maxSize: Size.bytes(given),
      }),
    };
  });
  expect(
    JSON.parse(
      resolve(template, environment(template, 'ArchiveBatch', { Given: 70 })).GLACIER_SOURCES,
    ),
  ).toEqual({ tier: 'Standard', days: 3, maxObjects: 70, maxBytes: 70 });
});

test('the archive-batch function may restore sources, and only where the archiver has to', () => {
  expect(
    actionsOn(synth({ glacierSources: RESTORE }).template, 'ArchiveBatch', /incoming\/\*|\/\*/),
  ).toContain('s3:RestoreObject');
  expect(
    actionsOn(
      synth({ glacierSources: RESTORE }).template,
      'ArchiveBatch',
      /\/runs\/(\*\/\*\/restore-budget|not-restored-again\/\*)\.json$/,
    ),
  ).toEqual(['s3:GetObject', 's3:PutObject']);
  for (const glacierSources of [GlacierSources.report(), undefined]) {
    const { template } = synth({ glacierSources });
    expect(JSON.stringify(template)).not.toMatch(/restore-budget|not-restored-again/);
    expect(JSON.stringify(template)).not.toContain('s3:RestoreObject');
    expect(environment(template)).not.toHaveProperty('GLACIER_SOURCES');
  }
});

const NIGHTLY = ScheduleExpression.cron({ minute: '0', hour: '1' });
const WEEKLY = ScheduleExpression.cron({ minute: '0', hour: '1', weekDay: 'SUN' });
const HOURLY = ScheduleExpression.rate(Duration.hours(1));
type Given = [
  what: string,
  tier: RetrievalTier,
  days: number,
  schedule: ScheduleExpression | undefined,
  selection: DateSelection | undefined,
];

test.each<[...Given, message: string]>([
  [
    'yesterday',
    RetrievalTier.STANDARD,
    3,
    NIGHTLY,
    undefined,
    'may take 12 hours, and selection has left the days of the objects by then. Select their ' +
      'days again, as in DateSelection.lastDays(2)',
  ],
  [
    'days that end too early',
    RetrievalTier.BULK,
    3,
    NIGHTLY,
    DateSelection.lastDays(2),
    'may take 48 hours, and selection has left the days of the objects by then. Select their ' +
      'days again, as in DateSelection.lastDays(4)',
  ],
  [
    'a last run that comes just when S3 may need so long',
    RetrievalTier.BULK,
    3,
    NIGHTLY,
    DateSelection.lastDays(3),
    'DateSelection.lastDays(4)',
  ],
  [
    'a last run twelve hours after the first',
    RetrievalTier.STANDARD,
    3,
    ScheduleExpression.rate(Duration.hours(12)),
    undefined,
    'DateSelection.lastDays(2)',
  ],
  [
    'one day',
    RetrievalTier.EXPEDITED,
    3,
    NIGHTLY,
    DateSelection.daysAgo(3),
    'DateSelection.lastDays(2)',
  ],
  [
    'a week that is selected once',
    RetrievalTier.BULK,
    9,
    WEEKLY,
    DateSelection.lastDays(7),
    'DateSelection.lastDays(14)',
  ],
  [
    'copies that expire before the next week',
    RetrievalTier.BULK,
    3,
    WEEKLY,
    DateSelection.olderThan(0),
    'they can be read for 3 days, and the next run may come after 7 days. Raise days of ' +
      'GlacierSources.restoreFirst()',
  ],
])(
  'warns where no later run archives what was restored: %s',
  (_, tier, days, schedule, selection, message) => {
    const { stack } = synth({
      glacierSources: GlacierSources.restoreFirst({ tier, days }),
      schedule,
      selection,
    });
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp(message.replace(/[.()]/g, '\\$&')),
    );
  },
);

test.each<Given>([
  ['two days', RetrievalTier.STANDARD, 1, NIGHTLY, DateSelection.lastDays(2)],
  ['four days', RetrievalTier.BULK, 1, NIGHTLY, DateSelection.lastDays(4)],
  ['all days', RetrievalTier.BULK, 7, WEEKLY, DateSelection.olderThan(0)],
  ['runs of one day', RetrievalTier.STANDARD, 1, HOURLY, undefined],
  ['runs on demand', RetrievalTier.BULK, 1, undefined, undefined],
  [
    'a schedule of an unknown interval',
    RetrievalTier.BULK,
    1,
    ScheduleExpression.expression('cron(0 1 1 * ? *)'),
    undefined,
  ],
])(
  'does not warn where a later run comes or may come: %s',
  (_, tier, days, schedule, selection) => {
    const props: Partial<S3DatedArchiverProps> = {
      glacierSources: GlacierSources.restoreFirst({ tier, days }),
      schedule,
      selection,
    };
    expect(
      Annotations.fromStack(synth(props).stack).findWarning(
        '*',
        Match.stringLikeRegexp('glacierSources'),
      ),
    ).toEqual([]);
  },
);

test('does not warn of days that are known only when the stack is deployed', () => {
  const { stack } = synth((scope: Stack) => {
    const days = new CfnParameter(scope, 'Days', { type: 'Number' }).valueAsNumber;
    return {
      glacierSources: GlacierSources.restoreFirst({ days }),
      schedule: NIGHTLY,
      selection: DateSelection.olderThan(0),
    };
  });
  expect(
    Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('glacierSources')),
  ).toEqual([]);
});

describe('warns where restores may run up a bill', () => {
  const warningsOf = (
    options: Partial<RestoreFirstOptions>,
    selection = DateSelection.olderThan(0),
    schedule: ScheduleExpression | undefined = NIGHTLY,
  ) => {
    const glacierSources = GlacierSources.restoreFirst({ days: 3, ...options });
    const { stack } = synth({ glacierSources, selection, schedule });
    return Annotations.fromStack(stack)
      .findWarning('*', Match.stringLikeRegexp('us-east-1'))
      .map(({ entry }) => `${entry.data as string}`);
  };

  test('with tier Expedited', () => {
    expect(warningsOf({ tier: RetrievalTier.EXPEDITED })).toEqual([
      expect.stringContaining('RetrievalTier.EXPEDITED costs $10 for 1,000 objects in us-east-1'),
    ]);
  });

  test('every run, although no person looks at it', () => {
    expect(warningsOf({ maxSize: Size.tebibytes(10) })).toEqual([
      expect.stringContaining('every run may restore objects for up to $215 in us-east-1'),
    ]);
  });

  test('not with the default limits, not for some days, and not on demand', () => {
    const maxSize = Size.tebibytes(10);
    expect([
      warningsOf({}),
      warningsOf({ tier: RetrievalTier.BULK }),
      warningsOf({ maxSize }, DateSelection.lastDays(3)),
      warningsOf({ maxSize: Size.bytes(Lazy.number({ produce: () => 1 })) }),
    ]).toEqual([[], [], [], []]);
    const { stack } = synth({ glacierSources: GlacierSources.restoreFirst({ days: 3, maxSize }) });
    expect(
      Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('us-east-1')),
    ).toEqual([]);
  });
});
