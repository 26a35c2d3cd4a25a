import { findExceededLimit, type FunctionLimits } from '../../src/assembly/function-limits';

const LIMITS: FunctionLimits = {
  timeoutSeconds: 300,
  memoryMb: 1_024,
  environment: { SOURCE_BUCKET: 'data', POWERTOOLS_x: '1' },
};

test.each<[Partial<FunctionLimits>, string]>([
  [{ timeoutSeconds: 901 }, 'Timeout 901 must be a whole number from 1 to 900'],
  [{ timeoutSeconds: 0 }, 'Timeout 0 must be'],
  [{ memoryMb: 127 }, 'MemorySize 127 must be a whole number from 128 to 10240'],
  [{ memoryMb: 1_024.5 }, 'MemorySize 1024.5 must be'],
  [{ environment: { AWS_REGION: 'eu-west-1' } }, 'the environment variable AWS_REGION is reserved'],
  [{ environment: { '1ST': '' } }, 'the environment variable "1ST" must begin with a letter'],
  [
    { environment: { LONG: 'x'.repeat(4_086) } },
    'the environment variables have 4097 bytes, and 4096 are allowed',
  ],
])('%# is refused', (limits, problem) => {
  expect(findExceededLimit({ ...LIMITS, ...limits })).toContain(problem);
});

test.each<Partial<FunctionLimits>>([
  {},
  { timeoutSeconds: 900, memoryMb: 10_240 },
  { environment: { LONG: 'x'.repeat(4_085) } },
])('%# is allowed', (limits) => {
  expect(findExceededLimit({ ...LIMITS, ...limits })).toBeUndefined();
});
