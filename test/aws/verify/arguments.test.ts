import { parseArguments, UsageError } from './arguments';

test.each<[string[], string]>([
  [[], '--profile is missing'],
  [['--region', 'eu-central-1'], '--profile is missing'],
  [['--profile', ''], '--profile is missing'],
  [['--profile', 'test'], '--region is missing'],
  [['--profile', 'test', '--region', 'Frankfurt'], '--region Frankfurt is no region'],
  [['--profile', 'test', '--region', 'eu-central-1', 'now'], 'now is no option'],
  [
    ['--profile', 'test', '--region', 'eu-central-1', '--with', 'kms,gold'],
    '--with gold is not known',
  ],
  [
    ['--profile', 'test', '--region', 'eu-central-1', '--minutes', '0'],
    '--minutes 0 is no number of minutes',
  ],
  [
    ['--profile', 'test', '--current-credentials', '--region', 'eu-central-1'],
    'exclude each other',
  ],
  [['--clean-up', 'a', 'b'], '--clean-up takes one id'],
  [['--force'], 'Unknown option'],
])('%j is refused', (args, message) => {
  expect(() => parseArguments(args)).toThrow(UsageError);
  expect(() => parseArguments(args)).toThrow(message);
});

test('nothing but profile and region has to be given, and it asks', () => {
  expect(parseArguments(['--profile', 'test', '--region', 'us-gov-west-1'])).toEqual({
    profile: 'test',
    region: 'us-gov-west-1',
    yes: false,
    keep: false,
    only: '',
    flags: [],
    minutes: 60,
  });
});

test('flags in any order, together or one by one; credentials of the shell', () => {
  expect(
    parseArguments([
      '--current-credentials',
      '--region',
      'eu-central-1',
      '--with',
      'load',
      '--with',
      'kms,load',
      '--minutes',
      '30',
    ]),
  ).toMatchObject({
    profile: undefined,
    flags: ['kms', 'load'],
    minutes: 30,
  });
});

test('clean up: one, or all', () => {
  expect(parseArguments(['--clean-up', '1a2b'])).toEqual({ cleanUp: '1a2b', yes: false });
  expect(parseArguments(['--clean-up', '--yes'])).toEqual({ cleanUp: true, yes: true });
});
