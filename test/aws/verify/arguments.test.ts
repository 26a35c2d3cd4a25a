import { parseArguments, UsageError } from './arguments';

test.each<[string[], string]>([
  [[], '--profile is missing'],
  [['--region', 'eu-central-1'], '--profile is missing'],
  [['--profile', ''], '--profile is missing'],
  [['--profile', 'test'], '--region is missing'],
  [['--profile', 'test', '--region', 'Frankfurt'], '--region Frankfurt is no region'],
  [['--profile', 'test', '--region', 'eu-central-1', 'now'], 'now is no option'],
  [['--clean-up', 'a', 'b'], '--clean-up takes one id'],
  [['--force'], 'Unknown option'],
])('%j is refused', (args, message) => {
  expect(() => parseArguments(args)).toThrow(UsageError);
  expect(() => parseArguments(args)).toThrow(message);
});

test('nothing but profile and region has to be given, and it asks', () => {
  expect(parseArguments(['--profile', 'test', '--region', 'us-gov-west-1'])).toEqual({ profile: 'test', region: 'us-gov-west-1', yes: false, keep: false, only: '' });
});

test('clean up: one, or all', () => {
  expect(parseArguments(['--clean-up', '1a2b'])).toEqual({ cleanUp: '1a2b', yes: false });
  expect(parseArguments(['--clean-up', '--yes'])).toEqual({ cleanUp: true, yes: true });
});
