import * as os from 'node:os';
import * as path from 'node:path';
import type { FunctionSpec } from 'cdk-s3-dated-archiver-engine';

/** The servers of the sandbox, the only ones to which a function can connect. */
export interface Endpoints {
  readonly s3: string;
  /** Step Functions and SNS; it answers calls of every other service with an error. */
  readonly aws: string;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Variables by which a template could lead an SDK to AWS or to other credentials: endpoints, files,
 * profiles, roles, and proxies.
 * https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
 */
const LEADS_ELSEWHERE = new RegExp(
  '^(?:AWS_(?:ENDPOINT_URL|PROFILE|DEFAULT_PROFILE|ROLE_|WEB_IDENTITY_|CONTAINER_|EC2_METADATA_|' +
    'SSO|SESSION_TOKEN|SECURITY_TOKEN|USE_FIPS|USE_DUALSTACK|STS_|CONFIG_FILE|' +
    'SHARED_CREDENTIALS_FILE|IGNORE_CONFIGURED)|(?:HTTPS?|ALL|NO)_PROXY$|NODE_USE_ENV_PROXY$)',
  'i',
);

/**
 * The guard is loaded before everything else, also before what the function's own NODE_OPTIONS
 * load.
 */
const GUARD = `--require "${path.join(__dirname, 'network-guard.cjs').replace(/[\\"]/g, '\\$&')}"`;

/**
 * Environment of an instance: the function's own variables and those that Lambda defines ("Defined
 * runtime environment variables", configuration-envvars). Nothing else of the caller's environment
 * is passed on. The sandbox sets the variables that decide where requests go and with which
 * credentials, also those that the template sets: a trial run must not reach AWS.
 */
export function instanceEnvironment(
  spec: FunctionSpec,
  endpoints: Endpoints,
  credentials: Credentials,
  instance: number,
): Record<string, string> {
  const own = Object.fromEntries(
    Object.entries(spec.environment).filter(([name]) => !LEADS_ELSEWHERE.test(name)),
  );
  return {
    PATH: process.env.PATH ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...own,
    NODE_OPTIONS: `${GUARD} ${own.NODE_OPTIONS ?? ''}`.trim(),
    _HANDLER: spec.handler,
    AWS_REGION: spec.region,
    AWS_DEFAULT_REGION: spec.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `[$LATEST]${String(instance).padStart(8, '0')}`,
    LAMBDA_TASK_ROOT: spec.directory,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined
      ? {}
      : { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_ENDPOINT_URL: endpoints.aws,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_SFN: endpoints.aws,
    AWS_ENDPOINT_URL_SNS: endpoints.aws,
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    AWS_CONFIG_FILE: os.devNull,
    AWS_SHARED_CREDENTIALS_FILE: os.devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    // With `--now`, another S3 has another clock than the functions. The SDK would take each error,
    // as of a missing key, for one that a correction of its clock may mend, and would send the
    // request again and again.
    AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true',
    // On AWS the handler has a newer Node.js, and its log has no such notice.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
