import * as fs from 'node:fs';
import * as path from 'node:path';
import { readArguments } from '../../src/cli/arguments';
import { cleanUp, temporaryDirectory } from '../fixtures/assembly';

afterAll(cleanUp);

test('all flags', () => {
  const json = path.join(temporaryDirectory(), 'out.json');
  expect(readArguments([
    '--app', '/cdk.out', '--stack', 'S/Nightly', '--endpoint', 'http://localhost:9000', '--bucket', 'A=one', '--bucket', 'Prod/Storage/B=two',
    '--input', '{"date":"2026-11-24"}', '--now', '2026-11-24T16:00:00Z', '--json', json,
  ])).toEqual({
    app: '/cdk.out',
    stack: 'S/Nightly',
    endpoint: 'http://localhost:9000',
    buckets: { 'A': 'one', 'Prod/Storage/B': 'two' },
    input: { date: '2026-11-24' },
    now: '2026-11-24T16:00:00Z',
    json,
  });
});

test('--help', () => {
  expect(readArguments(['--help'])).toBe('help');
});

test.each([
  [[], '--app is missing'],
  [['--app', 'x', '--fast'], "Unknown option '--fast'"],
  [['--app', 'x', 'y'], "Unexpected argument 'y'"],
  [['--app'], "'--app <value>' argument missing"],
  [['--app', 'x', '--input', '{date:1}'], "--input is '{date:1}', which is not JSON"],
  [['--app', 'x', '--input', '[1]'], 'must be a JSON object'],
  [['--app', 'x', '--now', 'yesterday'], "--now is 'yesterday', but must be an instant"],
  [['--app', 'x', '--now', '2026-11-24T16:00:00'], 'with its offset'],
  [['--app', 'x', '--now', '2026-13-24T16:00:00Z'], 'must be an instant'],
  [['--app', 'x', '--now', '2026-02-30T16:00:00Z'], 'must be an instant'],
  [['--app', 'x', '--json', '.'], 'is a directory'],
  [['--app', 'x', '--endpoint', 'localhost:9000'], 'must be a URL without a path'],
  [['--app', 'x', '--bucket', 'A'], 'must be LOGICALID=NAME'],
  [['--app', 'x', '--bucket', 'A=Not_A_Bucket'], 'a name that S3 allows'],
  [['--app', 'x', '--bucket', '/A=one'], 'must be LOGICALID=NAME, or STACK/LOGICALID=NAME'],
  [['--app', 'x', '--json', '/absent/out.json'], 'no such directory'],
  [['--app', 'x', '--json', `${__filename}/out.json`], 'cannot be written: ENOTDIR'],
  [['--app', 'x', '--json', `/tmp/${'x'.repeat(300)}`], 'cannot be written: ENAMETOOLONG'],
])('%j is refused', (argv, message) => {
  expect(() => readArguments(argv)).toThrow(message);
});

test('a file for the summary is tried, and left as it is', () => {
  const [there, absent] = ['there.json', 'absent.json'].map((name) => path.join(temporaryDirectory(), name));
  fs.writeFileSync(there!, 'before');
  for (const json of [there!, absent!]) { readArguments(['--app', 'x', '--json', json]); }
  expect([fs.readFileSync(there!, 'utf8'), fs.existsSync(absent!)]).toEqual(['before', false]);
});

describe('relative paths', () => {
  const [INIT_CWD, SANDBOX_COMMAND] = [process.env.INIT_CWD, process.env.SANDBOX_COMMAND];
  const restore = (name: string, value?: string) => {
    if (value === undefined) {
      delete process.env[name];
    } else {
      process.env[name] = value;
    }
  };
  let caller: string;
  beforeEach(() => {
    caller = temporaryDirectory();
    process.env.INIT_CWD = caller;
  });
  afterEach(() => {
    restore('INIT_CWD', INIT_CWD);
    restore('SANDBOX_COMMAND', SANDBOX_COMMAND);
  });

  test('are the caller\'s, also when npm runs the script elsewhere and has such a path there', () => {
    fs.mkdirSync(path.join(caller, 'sandbox'));
    expect(readArguments(['--app', 'sandbox', '--json', 'sandbox/out.json'])).toMatchObject({
      app: path.join(caller, 'sandbox'), json: path.join(caller, 'sandbox/out.json'),
    });
    expect(readArguments(['--app', 'no-such-dir', '--json', 'out.json'])).toMatchObject({ app: path.join(caller, 'no-such-dir'), json: path.join(caller, 'out.json') });
  });

  test('that the caller has not may be meant from where npm runs the script', () => {
    expect(readArguments(['--app', 'sandbox', '--json', 'sandbox/out.json'])).toMatchObject({ app: path.resolve('sandbox'), json: path.resolve('sandbox/out.json') });
  });

  test('start where the process does in the package of its own', () => {
    process.env.SANDBOX_COMMAND = 'npx cdk-s3-dated-archiver-sandbox';
    fs.mkdirSync(path.join(caller, 'sandbox'));
    expect(readArguments(['--app', 'sandbox', '--json', 'out.json'])).toMatchObject({ app: path.resolve('sandbox'), json: path.resolve('out.json') });
  });
});
