import * as path from 'path';
import { readArguments } from '../../../sandbox/cli/arguments';
import { cleanUp, temporaryDirectory } from '../fixtures/assembly';

afterAll(cleanUp);

test('all flags', () => {
  const json = path.join(temporaryDirectory(), 'out.json');
  expect(readArguments([
    '--app', '/cdk.out', '--stack', 'S/Nightly', '--endpoint', 'http://localhost:9000', '--bucket', 'A=one', '--bucket', 'B=two',
    '--input', '{"date":"2026-11-24"}', '--now', '2026-11-24T16:00:00Z', '--json', json,
  ])).toEqual({
    app: '/cdk.out',
    stack: 'S/Nightly',
    endpoint: 'http://localhost:9000',
    buckets: { A: 'one', B: 'two' },
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
  [['--app', 'x', '--json', '/absent/out.json'], 'no such directory'],
])('%j is refused', (argv, message) => {
  expect(() => readArguments(argv)).toThrow(message);
});

test('paths are the caller\'s, also when npm runs the script elsewhere', () => {
  const caller = temporaryDirectory();
  const before = process.env.INIT_CWD;
  process.env.INIT_CWD = caller;
  try {
    expect(readArguments(['--app', 'no-such-dir', '--json', 'out.json'])).toMatchObject({ app: path.join(caller, 'no-such-dir'), json: path.join(caller, 'out.json') });
    expect(readArguments(['--app', 'sandbox'])).toMatchObject({ app: path.resolve('sandbox') });
  } finally {
    process.env.INIT_CWD = before;
  }
});
