import * as fs from 'node:fs';
import * as path from 'node:path';
import { readArguments as read } from '../../src/cli/arguments';
import { cleanUp, temporaryDirectory } from '../fixtures/assembly';

afterAll(cleanUp);

const readArguments = (argv: string[], directory = process.cwd()) => read(argv, directory);

test('all flags', () => {
  const json = path.join(temporaryDirectory(), 'out.json');
  expect(readArguments([
    '--app', '/cdk.out', '--stack', 'S/Nightly', '--endpoint', 'http://localhost:9000', '--bucket', 'A=one', '--bucket', 'Prod/Storage/B=two',
    '--input', '{"date":"2026-11-24"}', '--now', '2026-11-24T16:00:00Z', '--json', json,
    '--allow-aws-endpoint', '--run-other-functions',
  ])).toEqual({
    app: '/cdk.out',
    stack: 'S/Nightly',
    endpoint: 'http://localhost:9000',
    allowAwsEndpoint: true,
    runOtherFunctions: true,
    buckets: { 'A': 'one', 'Prod/Storage/B': 'two' },
    input: { date: '2026-11-24' },
    now: '2026-11-24T16:00:00Z',
    json,
  });
});

test.each(['help', 'version'])('--%s, whatever else is given', (flag) => {
  expect(readArguments([`--${flag}`])).toBe(flag);
  expect(readArguments(['--now', 'yesterday', `--${flag}`])).toBe(flag);
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
  let caller: string;
  beforeEach(() => { caller = temporaryDirectory(); });

  test('are the caller\'s, also when npm runs the script elsewhere and has such a path there', () => {
    fs.mkdirSync(path.join(caller, 'packages'));
    expect(readArguments(['--app', 'packages', '--json', 'packages/out.json'], caller)).toMatchObject({
      app: path.join(caller, 'packages'), json: path.join(caller, 'packages/out.json'),
    });
    expect(readArguments(['--app', 'no-such-dir', '--json', 'out.json'], caller)).toMatchObject({
      app: path.join(caller, 'no-such-dir'), json: path.join(caller, 'out.json'),
    });
  });

  test('that the caller has not may be meant from where npm runs the script', () => {
    expect(readArguments(['--app', 'packages', '--json', 'packages/out.json'], caller)).toMatchObject({
      app: path.resolve('packages'), json: path.resolve('packages/out.json'),
    });
  });
});
