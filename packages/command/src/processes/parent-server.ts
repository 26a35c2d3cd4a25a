/** What the function processes ask their parent for, on loopback: credentials and executions. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type ApiError,
  STEP_FUNCTIONS_ACTIONS,
  type StepFunctionsBackend,
} from 'cdk-s3-dated-archiver-engine';
import type { CredentialProvider } from './credentials';

export interface ParentServer {
  /** The endpoint of Step Functions. */
  readonly stepFunctions: string;
  /** Where credentials are, for a process that has the token. */
  readonly credentials: string;
  readonly token: string;
  close(): Promise<void>;
}

export interface ParentServerOptions {
  readonly backend: Pick<StepFunctionsBackend, 'records' | 'clock'>;
  readonly credentials: CredentialProvider;
}

/** How long processes keep credentials that do not expire. */
const KEPT_MILLISECONDS = 3_600_000;

export async function startParentServer(options: ParentServerOptions): Promise<ParentServer> {
  // Other users of this machine reach the port, too. They know neither of the two.
  const [token, path] = [randomSecret(), randomSecret()];
  const server = createServer((request, response) => {
    answer(request, response, options, { token, path }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    stepFunctions: `${base}/${path}`,
    credentials: `${base}/credentials`,
    token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const randomSecret = () => randomBytes(32).toString('hex');

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { backend, credentials }: ParentServerOptions,
  { token, path }: { readonly token: string; readonly path: string },
): Promise<void> {
  const { method, url = '', headers } = request;
  if (method === 'GET' && url === '/credentials' && isSame(headers.authorization, token)) {
    send(response, 200, await toCredentials(credentials));
    return;
  }
  if (method === 'POST' && isSame(url.split('/')[1], path)) {
    answerStepFunctions(await readBody(request), response, backend);
    return;
  }
  send(response, 404, { message: 'there is nothing here' });
}

async function toCredentials(provide: CredentialProvider): Promise<object> {
  const { accessKeyId, secretAccessKey, sessionToken = '', expiration } = await provide();
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: (expiration ?? new Date(Date.now() + KEPT_MILLISECONDS)).toISOString(),
  };
}

/** Functions ask for executions only. */
function answerStepFunctions(
  body: string,
  response: ServerResponse,
  backend: ParentServerOptions['backend'],
): void {
  try {
    const request = JSON.parse(body) as Record<string, unknown>;
    const described = STEP_FUNCTIONS_ACTIONS.DescribeExecution!(
      request,
      backend as StepFunctionsBackend,
    );
    send(response, 200, described);
  } catch (error) {
    const { code = 'ValidationException', message } = error as Partial<ApiError>;
    send(response, 400, { __type: code, message });
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(value));
}

function isSame(given: string | undefined, secret: string): boolean {
  return (
    given !== undefined &&
    given.length === secret.length &&
    timingSafeEqual(Buffer.from(given), Buffer.from(secret))
  );
}
