import { ErrorName } from '../../../../src/contract/errors';
import { Env } from '../../../../src/contract/settings';
import { readArchiveSettings, readPlanSettings, readReportSettings } from '../../../../src/lambda/runtime/environment';
import { ENVIRONMENT } from '../../../helpers/environment';

function without(...names: Env[]) {
  return Object.fromEntries(Object.entries(ENVIRONMENT).filter(([name]) => !names.includes(name as Env)));
}

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect((error as Error).name).toBe(ErrorName.INVALID_RUN_INPUT);
    return (error as Error).message.replace("the archiver's settings are wrong: ", '');
  }
  throw new Error('the settings were accepted');
}

test('the plan reads what it needs', () => {
  expect(readPlanSettings({ ...ENVIRONMENT, [Env.MAX_OBJECTS_PER_SECOND]: '0.5' })).toMatchObject({
    sourceBucket: 'data',
    sourcePrefix: '',
    destinationBucket: 'data',
    destinationPrefix: 'archive/',
    dateSource: { kind: 'objectName', formats: [{ text: 'yyyy-MM-dd' }] },
    layout: { format: { text: 'yyyy/MM/dd/' }, flatten: false },
    timeZone: 'UTC',
    selection: { kind: 'daysAgo', days: 1 },
    maxConcurrency: undefined,
    maxObjectsPerSecond: 0.5,
    reportPrefix: 'runs/',
  });
});

test('a batch reads what it needs', () => {
  const settings = { ...ENVIRONMENT, [Env.STORAGE_CLASS]: 'GLACIER_IR', [Env.DESTINATION_KEY_ARN]: 'arn:key', [Env.MULTIPART_THRESHOLD_BYTES]: '5242880' };
  expect(readArchiveSettings(settings)).toMatchObject({
    conflictPolicy: 'REPORT', storageClass: 'GLACIER_IR', destinationKeyArn: 'arn:key', reportBucket: 'reports', maxRounds: 20, multipartThresholdBytes: 5_242_880,
  });
});

test('what a batch may go without has defaults, unset or empty', () => {
  for (const environment of [ENVIRONMENT, { ...ENVIRONMENT, [Env.STORAGE_CLASS]: '', [Env.DESTINATION_KEY_ARN]: '' }]) {
    expect(readArchiveSettings(environment)).toMatchObject({ multipartThresholdBytes: 5 * 1024 ** 3 });
    expect(readArchiveSettings(environment).storageClass).toBeUndefined();
    expect(readArchiveSettings(environment).destinationKeyArn).toBeUndefined();
  }
});

test('the report reads what it needs', () => {
  expect(readReportSettings({ ...ENVIRONMENT, [Env.TOLERATED_FAILURE_PERCENTAGE]: '2.5' })).toMatchObject({
    sourceBucket: 'data', sourcePrefix: '', reportBucket: 'reports', toleratedFailurePercentage: 2.5, archiverName: 'Stack/Archiver',
  });
});

test.each<[Env, string, string]>([
  [Env.SOURCE_BUCKET, '', 'bucket is missing'],
  [Env.SOURCE_PREFIX, 'in', 'prefix "in" must be empty or end with "/", because "in" would also match "inx/": write "in/"'],
  [Env.DESTINATION_PREFIX, 'old', 'destinationPrefix "old" must be empty or end with "/", because "old" would also match "oldx/": write "old/"'],
  [Env.REPORT_PREFIX, 'runs', 'reportPrefix "runs" must be empty or end with "/", because "runs" would also match "runsx/": write "runs/"'],
  [Env.DATE_SOURCE, '{"kind":"objectName","formats":["YYYY-MM-dd"]}', 'unknown letter "Y" in date format "YYYY-MM-dd": write yyyy for the year, or \'Y\' in quotes for the letter itself'],
  [Env.DATE_SOURCE, '{', 'dateSource is not JSON'],
  [Env.LAYOUT, '{"format":"yyyy","flatten":false}', 'archive layout "yyyy" must end with "/", because it names folders: write "yyyy/"'],
  [Env.TIME_ZONE, 'Tokyo', 'timeZone "Tokyo" must be a name of the IANA time zone database: write, for example, UTC, Asia/Tokyo or America/New_York'],
  [Env.SELECTION, '{"kind":"lastDays","days":0}', 'DateSelection.lastDays(0) is not allowed: give a whole number of days from 1 to 36,525'],
  [Env.SELECTION, '{"kind":"olderThan","days":-1}', 'DateSelection.olderThan(-1) is not allowed: give a whole number of days from 0 to 36,525'],
  [Env.SELECTION, '{"kind":"daysAgo","days":1.5}', 'DateSelection.daysAgo(1.5) is not allowed: give a whole number of days from 0 to 36,525'],
  [Env.SELECTION, '{"kind":"daysAgo","days":1e9}', 'DateSelection.daysAgo(1000000000) is not allowed: give a whole number of days from 0 to 36,525'],
  [Env.CONCURRENCY, '0', 'maxConcurrency "0" must be a whole number from 1 to 10,000'],
  [Env.CONCURRENCY, '10001', 'maxConcurrency "10001" must be a whole number from 1 to 10,000'],
  [Env.CONCURRENCY, '2.5', 'maxConcurrency "2.5" must be a whole number from 1 to 10,000'],
  [Env.CONCURRENCY, '', 'maxConcurrency "" must be a whole number from 1 to 10,000'],
  [Env.MAX_OBJECTS_PER_SECOND, '0', 'maxObjectsPerSecond "0" must be a number above 0'],
  [Env.MAX_OBJECTS_PER_SECOND, 'many', 'maxObjectsPerSecond "many" must be a number above 0'],
  [Env.MAX_OBJECTS_PER_SECOND, 'Infinity', 'maxObjectsPerSecond "Infinity" must be a number above 0'],
])('the plan refuses %s=%s', (name, value, message) => {
  expect(refusal(() => readPlanSettings({ ...ENVIRONMENT, [name]: value }))).toBe(message);
});

test.each<[Env, string, string]>([
  [Env.CONFLICT_POLICY, 'OVERWRITE', 'conflictPolicy "OVERWRITE" must be "REPORT" or "RENAME"'],
  [Env.MAX_ROUNDS, '0', 'the number of rounds of a batch "0" must be a whole number above 0'],
  [Env.MULTIPART_THRESHOLD_BYTES, '5368709121', 'MULTIPART_THRESHOLD_BYTES "5368709121" must be a whole number from 0 to 5368709120 (5 GiB)'],
])('a batch refuses %s=%s', (name, value, message) => {
  expect(refusal(() => readArchiveSettings({ ...ENVIRONMENT, [name]: value }))).toBe(message);
});

test('the report refuses a tolerance above 100', () => {
  expect(refusal(() => readReportSettings({ ...ENVIRONMENT, [Env.TOLERATED_FAILURE_PERCENTAGE]: '101' })))
    .toBe('toleratedFailurePercentage "101" must be a number from 0 to 100');
});

test('a prefix that is not set is not taken for the whole bucket', () => {
  expect(refusal(() => readPlanSettings(without(Env.SOURCE_PREFIX)))).toContain('SOURCE_PREFIX');
});

test('one prefix for source and archive is refused in one bucket, and fine in two', () => {
  const same = { ...ENVIRONMENT, [Env.SOURCE_PREFIX]: 'archive/' };
  expect(refusal(() => readPlanSettings(same)))
    .toBe('prefix and destinationPrefix are both "archive/" in bucket data: archive under another prefix or to another bucket');
  expect(readPlanSettings({ ...same, [Env.DESTINATION_BUCKET]: 'other' }).sourcePrefix).toBe('archive/');
});

test('everything that is wrong is named at once', () => {
  const message = refusal(() => readPlanSettings({ ...ENVIRONMENT, [Env.SOURCE_PREFIX]: 'in', [Env.TIME_ZONE]: 'Tokyo', [Env.CONCURRENCY]: 'x' }));
  for (const prop of ['prefix', 'time zone', 'maxConcurrency']) { expect(message).toContain(prop); }
});

describe('reports whose place is known at run time only', () => {
  const among = { ...ENVIRONMENT, [Env.REPORT_BUCKET]: 'data' };

  test('are refused among the objects', () => {
    expect(refusal(() => readPlanSettings(among))).toBe('reportPrefix "runs/" must not lie inside prefix "" of the same bucket, '
      + 'since reports would be archived like other objects: give another reportPrefix or reportBucket');
  });

  test.each([
    ['beside them', { [Env.SOURCE_PREFIX]: 'incoming/' }],
    ['in the archive, which is never selected', { [Env.REPORT_PREFIX]: 'archive/runs/' }],
  ])('may lie %s', (_, place) => {
    expect(readPlanSettings({ ...among, ...place }).destinationPrefix).toBe('archive/');
  });
});

test('a layout that begins with a slash is refused at run time, too', () => {
  const layout = JSON.stringify({ format: '/yyyy/MM/dd/', flatten: false });
  expect(refusal(() => readPlanSettings({ ...ENVIRONMENT, [Env.LAYOUT]: layout }))).toContain('must not start with "/"');
});
