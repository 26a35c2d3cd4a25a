import { ErrorName } from '../../../../src/contract/errors';
import { readSettings } from '../../../../src/lambda/runtime/environment';
import { ENVIRONMENT } from '../../../helpers/environment';

function without(...names: string[]) {
  return Object.fromEntries(Object.entries(ENVIRONMENT).filter(([name]) => !names.includes(name)));
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

test('readSettings reads the settings of PlanRun', () => {
  expect(readSettings({ ...ENVIRONMENT, MAX_OBJECTS_PER_SECOND: '0.5' })).toMatchObject({
    sourceBucket: 'data',
    sourcePrefix: '',
    destinationBucket: 'data',
    destinationPrefix: 'archive/',
    dateSource: { kind: 'objectName', formats: [{ text: 'yyyy-MM-dd' }] },
    layout: { format: { text: 'yyyy/MM/dd/' }, flatten: false },
    timeZone: 'UTC',
    selection: { kind: 'daysAgo', days: 1 },
    maxObjectsPerSecond: 0.5,
    reportPrefix: 'runs/',
  });
});

test.each([
  ['{"include":[]}', 'filter.include is an empty list'],
  ['{"exclude":["[a"]}', 'filter.exclude pattern "[a" has a "[" that is not closed'],
  [
    '{"minSize":2,"maxSize":1}',
    'filter.minSize 2 bytes must not be greater than filter.maxSize 1 bytes',
  ],
  ['{"minAge":0}', 'filter.minAge 0 seconds must be a whole number of seconds'],
  ['{', 'filter is not JSON'],
])('a function refuses the filter %s, which may have been a token', (filter, problem) => {
  expect(refusal(() => readSettings({ ...ENVIRONMENT, FILTER: filter }))).toContain(problem);
});

test(
  'a function refuses hours in a layout whose date source has none, which may have been ' +
    'tokens',
  () => {
    const layout = JSON.stringify({ format: 'yyyy/MM/dd/HH/', flatten: false });
    expect(refusal(() => readSettings({ ...ENVIRONMENT, LAYOUT: layout }))).toContain(
      'date format "yyyy-MM-dd" of dateSource has none',
    );
    const lastModified = JSON.stringify({ kind: 'lastModified', formats: [] });
    expect(
      readSettings({ ...ENVIRONMENT, LAYOUT: layout, DATE_SOURCE: lastModified }).layout.format
        .text,
    ).toBe('yyyy/MM/dd/HH/');
  },
);

test('a filter is read as it is', () => {
  const filter = { include: ['eu/**'], minSize: 1, minAge: 60 };
  expect(readSettings({ ...ENVIRONMENT, FILTER: JSON.stringify(filter) }).filter).toEqual(filter);
  expect('filter' in readSettings(ENVIRONMENT)).toBe(false);
});

test.each(['{"kind":"lastDays","days":05}', '{"kind":"lastDays","days":0005}'])(
  'a number that a parameter of CloudFormation has written with zeros before it is one: %s',
  (SELECTION) => {
    expect(readSettings({ ...ENVIRONMENT, SELECTION }).selection).toEqual({
      kind: 'lastDays',
      days: 5,
    });
  },
);

test('readSettings reads the settings of ArchiveBatch', () => {
  const settings = {
    ...ENVIRONMENT,
    STORAGE_CLASS: 'GLACIER_IR',
    DESTINATION_KEY_ARN: 'arn:key',
    MULTIPART_THRESHOLD_BYTES: '5242880',
  };
  expect(readSettings(settings)).toMatchObject({
    conflictPolicy: 'REPORT',
    storageClass: 'GLACIER_IR',
    destinationKeyArn: 'arn:key',
    reportBucket: 'reports',
    maxRounds: 20,
    multipartThresholdBytes: 5_242_880,
  });
});

test('optional settings of ArchiveBatch have defaults if they are unset or empty', () => {
  for (const environment of [
    ENVIRONMENT,
    { ...ENVIRONMENT, STORAGE_CLASS: '', DESTINATION_KEY_ARN: '' },
  ]) {
    expect(readSettings(environment)).toMatchObject({ multipartThresholdBytes: 5 * 1024 ** 3 });
    expect(readSettings(environment).storageClass).toBeUndefined();
    expect(readSettings(environment).destinationKeyArn).toBeUndefined();
  }
});

test('readSettings reads the settings of ReportRun', () => {
  expect(readSettings({ ...ENVIRONMENT, TOLERATED_FAILURE_PERCENTAGE: '2.5' })).toMatchObject({
    sourceBucket: 'data',
    sourcePrefix: '',
    reportBucket: 'reports',
    toleratedFailurePercentage: 2.5,
    archiverName: 'Stack/Archiver',
  });
});

test.each<[string, string, string]>([
  ['SOURCE_BUCKET', '', 'bucket is missing'],
  [
    'SOURCE_PREFIX',
    'in',
    'prefix "in" must be empty or end with "/", because "in" would also match "inx/": write "in/"',
  ],
  [
    'DESTINATION_PREFIX',
    'old',
    'destinationPrefix "old" must be empty or end with "/", because "old" would also match ' +
      '"oldx/": write "old/"',
  ],
  [
    'REPORT_PREFIX',
    'runs',
    'reportPrefix "runs" must be empty or end with "/", because "runs" would also match ' +
      '"runsx/": write "runs/"',
  ],
  [
    'SOURCE_PREFIX',
    '/in/',
    'prefix "/in/" must not start with "/", because a bucket has no root folder and keys start ' +
      'with their first folder: write "in/"',
  ],
  [
    'STORAGE_CLASS',
    'COLD',
    'storageClass "COLD" is unknown: use one of STANDARD, STANDARD_IA, ONEZONE_IA, ' +
      'INTELLIGENT_TIERING, GLACIER_IR, GLACIER, DEEP_ARCHIVE, REDUCED_REDUNDANCY',
  ],
  [
    'DATE_SOURCE',
    '{"kind":"objectName","formats":["YYYY-MM-dd"]}',
    'unknown letter "Y" in date format "YYYY-MM-dd": write yyyy for the year, or \'Y\' in ' +
      'quotes for the letter itself. Perhaps you mean "yyyy-MM-dd"',
  ],
  ['DATE_SOURCE', '{', 'dateSource is not JSON'],
  [
    'LAYOUT',
    '{"format":"yyyy","flatten":false}',
    'archive layout "yyyy" must end with "/", because it names folders: write "yyyy/"',
  ],
  [
    'TIME_ZONE',
    'Tokyo',
    'timeZone "Tokyo" must be a name of the IANA time zone database: perhaps you mean Asia/Tokyo',
  ],
  [
    'SELECTION',
    '{"kind":"lastDays","days":0}',
    'DateSelection.lastDays(0) is not allowed: give a whole number of days from 1 to 36,525',
  ],
  [
    'SELECTION',
    '{"kind":"olderThan","days":-1}',
    'DateSelection.olderThan(-1) is not allowed: give a whole number of days from 0 to 36,525',
  ],
  [
    'SELECTION',
    '{"kind":"daysAgo","days":1.5}',
    'DateSelection.daysAgo(1.5) is not allowed: give a whole number of days from 0 to 36,525',
  ],
  [
    'SELECTION',
    '{"kind":"daysAgo","days":1e9}',
    'DateSelection.daysAgo(1000000000) is not allowed: give a whole number of days from 0 to ' +
      '36,525',
  ],
  ['MAX_CONCURRENCY', '0', 'maxConcurrency "0" must be a whole number from 1 to 10,000'],
  ['MAX_CONCURRENCY', '10001', 'maxConcurrency "10001" must be a whole number from 1 to 10,000'],
  ['MAX_CONCURRENCY', '2.5', 'maxConcurrency "2.5" must be a whole number from 1 to 10,000'],
  ['MAX_CONCURRENCY', '', 'maxConcurrency "" must be a whole number from 1 to 10,000'],
  ['MAX_OBJECTS_PER_SECOND', '0', 'maxObjectsPerSecond "0" must be a number above 0'],
  ['MAX_OBJECTS_PER_SECOND', 'many', 'maxObjectsPerSecond "many" must be a number above 0'],
  ['MAX_OBJECTS_PER_SECOND', 'Infinity', 'maxObjectsPerSecond "Infinity" must be a number above 0'],
])('readSettings rejects %s=%s', (name, value, message) => {
  expect(refusal(() => readSettings({ ...ENVIRONMENT, [name]: value }))).toBe(message);
});

test.each<[string, string, string]>([
  ['CONFLICT_POLICY', 'OVERWRITE', 'conflictPolicy "OVERWRITE" must be "REPORT" or "RENAME"'],
  ['MAX_ROUNDS', '0', 'the number of rounds of a batch "0" must be a whole number above 0'],
  [
    'MULTIPART_THRESHOLD_BYTES',
    '5368709121',
    'MULTIPART_THRESHOLD_BYTES "5368709121" must be a whole number from 0 to 5368709120 (5 GiB)',
  ],
])('readSettings rejects %s=%s', (name, value, message) => {
  expect(refusal(() => readSettings({ ...ENVIRONMENT, [name]: value }))).toBe(message);
});

test('readSettings rejects a tolerance above 100', () => {
  expect(refusal(() => readSettings({ ...ENVIRONMENT, TOLERATED_FAILURE_PERCENTAGE: '101' }))).toBe(
    'toleratedFailurePercentage "101" must be a number from 0 to 100',
  );
});

test('rejects a missing prefix, instead of listing the whole bucket', () => {
  expect(refusal(() => readSettings(without('SOURCE_PREFIX')))).toContain('SOURCE_PREFIX');
});

test(
  'rejects the same prefix for source and destination in one bucket, but accepts it in two ' +
    'buckets',
  () => {
    const same = { ...ENVIRONMENT, SOURCE_PREFIX: 'archive/' };
    expect(refusal(() => readSettings(same))).toBe(
      'prefix and destinationPrefix are both "archive/" in bucket data, but must differ: set ' +
        'another destinationPrefix or destinationBucket',
    );
    expect(readSettings({ ...same, DESTINATION_BUCKET: 'other' }).sourcePrefix).toBe('archive/');
  },
);

test('rejects wrong settings with one message that names all of them', () => {
  const message = refusal(() =>
    readSettings({ ...ENVIRONMENT, SOURCE_PREFIX: 'in', TIME_ZONE: 'Tokyo', MAX_CONCURRENCY: 'x' }),
  );
  for (const prop of ['prefix', 'time zone', 'maxConcurrency']) {
    expect(message).toContain(prop);
  }
});

test('a folder of the layout that is that of the indexes of packs is refused', () => {
  const layout = { ...ENVIRONMENT, LAYOUT: '{"format":"\'pack-index/\'yyyy/MM/dd/"}' };
  const packing = { PACKING: '{"maxObjectSize":1024,"maxPackSize":1048576}' };
  expect(readSettings(layout).packing).toBeUndefined();
  expect(
    refusal(() => readSettings({ ...layout, ...packing, LISTING_CONCURRENCY: '4' })),
  ).toContain('because Athena would read archived objects as indexes');
});

test.each([
  [{ KEEPS_SOURCES: 'true' }, 'sourceDisposition KEEP cannot be combined with packing'],
  [{ CONFLICT_POLICY: 'RENAME' }, 'conflictPolicy RENAME cannot be combined with packing'],
  [
    { LAYOUT: '{"format":"yyyy/MM/dd/","flatten":true}' },
    'flatten of layout cannot be combined with packing',
  ],
  [
    { LAYOUT: '{"format":"yyyy/MM/dd/","dropDateFolders":true}' },
    'dropDateFolders of layout cannot be combined with packing',
  ],
])('%j is refused with packing, and only then', (given, message) => {
  const packing = { PACKING: '{"maxObjectSize":1024,"maxPackSize":1048576}' };
  const settings = { ...ENVIRONMENT, ...given };
  expect(() => readSettings(settings)).not.toThrow();
  expect(refusal(() => readSettings({ ...settings, ...packing }))).toContain(message);
});

describe('reports whose bucket and prefix are known only at run time', () => {
  const among = { ...ENVIRONMENT, REPORT_BUCKET: 'data' };

  test('are rejected inside the listed prefix', () => {
    expect(refusal(() => readSettings(among))).toBe(
      'reportPrefix "runs/" must not lie inside prefix "" of the same bucket, ' +
        'because reports would then be archived like other objects: give another reportBucket, ' +
        'or another reportPrefix such as "archive/runs/"',
    );
  });

  test('are rejected where an archived object could have the same key', () => {
    for (const reportPrefix of ['archive/', 'archive/2026/11/24/', '']) {
      expect(refusal(() => readSettings({ ...among, REPORT_PREFIX: reportPrefix }))).toContain(
        `reportPrefix "${reportPrefix}" must not overlap the archive`,
      );
    }
  });

  test.each([
    ['outside the listed prefix', { SOURCE_PREFIX: 'incoming/' }],
    ['inside the archive, whose objects are never selected', { REPORT_PREFIX: 'archive/runs/' }],
  ])('may lie %s', (_, place) => {
    expect(readSettings({ ...among, ...place }).destinationPrefix).toBe('archive/');
  });
});

test.each([
  ['bucket', 'SOURCE_BUCKET'],
  ['destinationBucket', 'DESTINATION_BUCKET'],
  ['reportBucket', 'REPORT_BUCKET'],
])('rejects another name of a bucket as %s, which is known only at run time', (prop, variable) => {
  expect(
    refusal(() => readSettings({ ...ENVIRONMENT, [variable]: 'data-ap-k3tc8r1bs9w-s3alias' })),
  ).toContain(
    `${prop} "data-ap-k3tc8r1bs9w-s3alias" is the alias of an access point and must be the name ` +
      'of a general purpose bucket',
  );
});

test('rejects a layout that starts with a slash at run time, too', () => {
  const layout = JSON.stringify({ format: '/yyyy/MM/dd/', flatten: false });
  expect(refusal(() => readSettings({ ...ENVIRONMENT, LAYOUT: layout }))).toContain(
    'must not start with "/"',
  );
});
