import { spawnSync } from 'node:child_process';
import { transformSync } from 'esbuild';
import { type ArchiverProps, renderProps } from '../../src/look/props';

const PROPS: ArchiverProps = {
  bucket: 'logs',
  prefix: 'incoming/',
  destinationBucket: 'logs',
  destinationPrefix: 'archive/',
  dateSource: { kind: 'objectName', formats: ['yyyy-MM-dd'] },
  dropDateFolders: false,
};

test('what is a default is left out', () => {
  expect(renderProps(PROPS)).toEqual({
    typescript: `new S3DatedArchiver(this, 'Archiver', {
  bucket: Bucket.fromBucketName(this, 'Source', 'logs'),
  prefix: 'incoming/',
});`,
    python: `S3DatedArchiver(
    self,
    "Archiver",
    bucket=Bucket.from_bucket_name(self, "Source", "logs"),
    prefix="incoming/",
)`,
  });
});

const HARD: ArchiverProps = {
  bucket: 'logs',
  prefix: `it's "quoted" \\ \n \u00e9 \u{1f600}\u202e/`,
  destinationBucket: 'vault',
  destinationPrefix: '',
  dateSource: { kind: 'keyPrefix', formats: ["'year='yyyy'/month='MM'/day='dd"] },
  dropDateFolders: true,
  timeZone: 'Asia/Tokyo',
};

/** Evaluates the snippet with names that return what they get. */
test('TypeScript says exactly that', () => {
  const { typescript } = renderProps(HARD);
  expect(typescript).toMatch(/^[\n\x20-\x7e]*$/);
  const { code } = transformSync(`(${typescript.slice(0, -1)}).props`, { loader: 'ts' });
  const names = {
    S3DatedArchiver: class {
      constructor(
        _: unknown,
        _id: string,
        readonly props: object,
      ) {}
    },
    Bucket: { fromBucketName: (_: unknown, id: string, name: string) => [id, name] },
    DateSource: { keyPrefix: (...formats: string[]) => formats },
    ArchiveLayout: { daily: (options: object) => options },
    TimeZone: { of: (name: string) => name },
  };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const evaluate = new Function(...Object.keys(names), `return ${code}`);
  expect(evaluate(...Object.values(names))).toEqual({
    bucket: ['Source', 'logs'],
    prefix: HARD.prefix,
    destinationBucket: ['Archive', 'vault'],
    destinationPrefix: '',
    dateSource: HARD.dateSource.formats,
    layout: { dropDateFolders: true },
    timeZone: 'Asia/Tokyo',
  });
});

test('Python says exactly that', () => {
  const { python } = renderProps(HARD);
  expect(python).toMatch(/^[\n\x20-\x7e]*$/);
  const program = [
    'import json, types',
    'Bucket = types.SimpleNamespace(from_bucket_name=lambda scope, id, name: [id, name])',
    'DateSource = types.SimpleNamespace(key_prefix=lambda *formats: list(formats))',
    'ArchiveLayout = types.SimpleNamespace(daily=lambda **options: options)',
    'TimeZone = types.SimpleNamespace(of=lambda name: name)',
    'S3DatedArchiver = lambda scope, id, **props: print(json.dumps(props))',
    'self = None',
    python,
  ].join('\n');
  const { stdout, stderr } = spawnSync('python3', ['-c', program], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    bucket: ['Source', 'logs'],
    prefix: HARD.prefix,
    destination_bucket: ['Archive', 'vault'],
    destination_prefix: '',
    date_source: HARD.dateSource.formats,
    layout: { drop_date_folders: true },
    time_zone: 'Asia/Tokyo',
  });
});
