import * as os from 'node:os';
import type { FunctionSpec } from 'cdk-s3-dated-archiver-engine';
import type { ParentServer } from './parent-server';
import { type ProcessSettings, VARIABLE } from './process-settings';

/** Variables of the caller that say which certificates are trusted. */
const PASSED_ON = ['PATH', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

export interface EnvironmentOptions {
  readonly server: Pick<ParentServer, 'stepFunctions' | 'credentials' | 'token'>;
  readonly process: ProcessSettings;
  /** Another S3 than that of AWS. */
  readonly endpoint?: string;
}

/**
 * The variables of a function process. What decides where requests go, and with which credentials,
 * comes from the parent: the process reads neither the caller's files nor its other variables.
 */
export function createEnvironment(
  spec: FunctionSpec,
  { server, process: settings, endpoint }: EnvironmentOptions,
): Record<string, string> {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passedOn),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...spec.environment,
    [VARIABLE]: JSON.stringify(settings),
    _HANDLER: spec.handler,
    LAMBDA_TASK_ROOT: spec.directory,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_REGION: spec.region,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: server.credentials,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: server.token,
    AWS_ENDPOINT_URL_SFN: server.stepFunctions,
    ...(endpoint !== undefined && { AWS_ENDPOINT_URL_S3: endpoint }),
    AWS_CONFIG_FILE: os.devNull,
    AWS_SHARED_CREDENTIALS_FILE: os.devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
