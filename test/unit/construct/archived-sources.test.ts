import { CfnParameter, Duration, Lazy, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import {
  ArchivedSources,
  DateSelection,
  RetrievalTier,
  type S3DatedArchiverProps,
} from '../../../src';
import { actionsOn, environment, resolve, synth } from '../../helpers/synth';

const RESTORE = ArchivedSources.restore({ days: 3 });

test.each([0, 1.5, -1, 36_501, NaN])('refuses %d days', (days) => {
  expect(() => ArchivedSources.restore({ days })).toThrow(
    `ArchivedSources.restore() with ${days} days is not allowed: give a whole number of days ` +
      'from 1 to 36,500',
  );
});

test('refuses a tier that S3 does not have', () => {
  expect(() => ArchivedSources.restore({ days: 3, tier: 'BULK' as never })).toThrow(
    'ArchivedSources.restore(): tier is the string "BULK" and must be one of Expedited, ' +
      'Standard, Bulk: use the constants of RetrievalTier',
  );
});

test('refuses another kind of value', () => {
  expect(() => synth({ archivedSources: { days: 3 } as never })).toThrow(
    'archivedSources is an object and must be an ArchivedSources: pass, for example, ' +
      'ArchivedSources.report()',
  );
});

test('a tier may be a token, which is checked when its value is known', () => {
  const tier = Lazy.string({ produce: () => 'Bulk' }) as RetrievalTier;
  const { template } = synth({ archivedSources: ArchivedSources.restore({ tier, days: 3 }) });
  expect(JSON.parse(environment(template).ARCHIVED_SOURCES)).toEqual({ tier: 'Bulk', days: 3 });
});

test('the functions get the tier and the days, also as a token', () => {
  expect(
    JSON.parse(environment(synth({ archivedSources: RESTORE }).template).ARCHIVED_SOURCES),
  ).toEqual({ tier: 'Standard', days: 3 });
  const { template } = synth((stack: Stack) => {
    const days = new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber;
    return { archivedSources: ArchivedSources.restore({ tier: RetrievalTier.BULK, days }) };
  });
  expect(
    JSON.parse(
      resolve(template, environment(template, 'ArchiveBatch', { Days: 30 })).ARCHIVED_SOURCES,
    ),
  ).toEqual({ tier: 'Bulk', days: 30 });
});

test('the archive-batch function may restore sources, and only where the archiver has to', () => {
  expect(
    actionsOn(synth({ archivedSources: RESTORE }).template, 'ArchiveBatch', /incoming\/\*|\/\*/),
  ).toContain('s3:RestoreObject');
  for (const archivedSources of [ArchivedSources.report(), undefined]) {
    const { template } = synth({ archivedSources });
    expect(JSON.stringify(template)).not.toContain('s3:RestoreObject');
    expect(environment(template)).not.toHaveProperty('ARCHIVED_SOURCES');
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
      'ArchivedSources.restore()',
  ],
])(
  'warns where no later run archives what was restored: %s',
  (_, tier, days, schedule, selection, message) => {
    const { stack } = synth({
      archivedSources: ArchivedSources.restore({ tier, days }),
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
  'does not warn where a later run comes, or nobody knows: %s',
  (_, tier, days, schedule, selection) => {
    const props: Partial<S3DatedArchiverProps> = {
      archivedSources: ArchivedSources.restore({ tier, days }),
      schedule,
      selection,
    };
    expect(
      Annotations.fromStack(synth(props).stack).findWarning(
        '*',
        Match.stringLikeRegexp('archivedSources'),
      ),
    ).toEqual([]);
  },
);

test('does not warn of days that are known only when the stack is deployed', () => {
  const { stack } = synth((scope: Stack) => {
    const days = new CfnParameter(scope, 'Days', { type: 'Number' }).valueAsNumber;
    return {
      archivedSources: ArchivedSources.restore({ days }),
      schedule: NIGHTLY,
      selection: DateSelection.olderThan(0),
    };
  });
  expect(
    Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('archivedSources')),
  ).toEqual([]);
});
