import { utf8Length } from '../common/json';

/** "Lambda quotas", gettingstarted-limits. */
const MAX_TIMEOUT = 900;
const MIN_MEMORY = 128;
const MAX_MEMORY = 10_240;
const MAX_ENVIRONMENT = 4_096;

/**
 * "Defined runtime environment variables", configuration-envvars: Lambda sets them, and refuses
 * them in a configuration.
 */
const RESERVED = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
];

export interface FunctionLimits {
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** What Lambda refuses when it creates a function; undefined if nothing. */
export function findExceededLimit({
  timeoutSeconds,
  memoryMb,
  environment,
}: FunctionLimits): string | undefined {
  if (!isInteger(timeoutSeconds, 1, MAX_TIMEOUT)) {
    return `Timeout ${timeoutSeconds} must be a whole number from 1 to ${MAX_TIMEOUT}`;
  }
  if (!isInteger(memoryMb, MIN_MEMORY, MAX_MEMORY)) {
    return `MemorySize ${memoryMb} must be a whole number from ${MIN_MEMORY} to ${MAX_MEMORY}`;
  }
  const reserved = Object.keys(environment).find((name) => RESERVED.includes(name));
  if (reserved !== undefined) {
    return `the environment variable ${reserved} is reserved`;
  }
  const wrong = Object.keys(environment).find((name) => !/^[a-zA-Z]\w+$/.test(name));
  if (wrong !== undefined) {
    return (
      `the environment variable ${JSON.stringify(wrong)} must begin with a letter and have ` +
      'letters, digits and underscores, two at least'
    );
  }
  const bytes = utf8Length(JSON.stringify(environment));
  return bytes > MAX_ENVIRONMENT
    ? `the environment variables have ${bytes} bytes, and ${MAX_ENVIRONMENT} are allowed`
    : undefined;
}

function isInteger(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
