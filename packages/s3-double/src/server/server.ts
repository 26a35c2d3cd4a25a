import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bill, billed } from './bill';
import { perform } from './routes';
import { S3Error } from '../common/errors';
import { type Fault, type FaultInjector, isKeyFault, KEY_FAULTS } from '../faults/faults';
import { closed, EarlierAnswers } from '../faults/late-answers';
import type { Throttle } from '../faults/throttle';
import { makeUnreadable, UNREADABLE, unexecutedAnswer } from '../faults/unreadable';
import type { Hooks, S3Call } from '../http/call';
import type { Answer, KeyFault, Limits, S3Guard, S3Request } from '../http/context';
import { parseCopySource } from '../http/copy-source';
import { classify, parseTarget, type Target } from '../http/operation';
import { refuseForeignOrigin } from '../http/origin';
import { readAccessKeyId, buildRequest } from '../http/request';
import { errorAnswer, respond } from '../http/respond';
import { deletionKeys } from '../operations/delete';
import type { ObjectStore } from '../store/store';

export interface ServerSettings {
  readonly store: ObjectStore;
  readonly limits: Limits;
  readonly latencyMs: number;
  readonly faults?: FaultInjector;
  readonly sparedFromFaults?: string;
  readonly throttle?: Throttle;
  /** What `aws:SecureTransport` is to policies. */
  readonly secureTransport: boolean;
  readonly guard?: S3Guard;
  readonly hooks: Hooks<Fault>;
  /** Counts by operation and by kind of fault; added to here. */
  readonly requests: Record<string, number>;
  readonly bill: Bill;
  readonly faultsInjected: Record<string, number>;
}

/**
 * Limit for the headers of a request in total (page "Error responses",
 * RequestHeaderSectionTooLarge).
 */
const MAX_HEADER_BYTES = 8 * 1024;
/** Larger requests get HTTP's own answer, 431, without a body. */
const MAX_READ_HEADER_BYTES = 64 * 1024;

/** Longer than any client keeps an idle connection, so that none is closed under a request. */
const KEEP_ALIVE_MS = 120_000;

const NO_BODY = Buffer.alloc(0);

export function createS3Server(settings: ServerSettings): Server {
  let count = 0;
  const earlier = new EarlierAnswers();
  const server = createServer(
    { maxHeaderSize: MAX_READ_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
    (incoming, response) => {
      count += 1;
      // This fails only if the client has closed the connection.
      serve({ settings, response, n: count, earlier }, incoming).catch(() => response.destroy());
    },
  );
  return server;
}

/** One request to answer. */
interface Exchange {
  readonly settings: ServerSettings;
  readonly response: ServerResponse;
  /** Number of the request. */
  readonly n: number;
  readonly earlier: EarlierAnswers;
}

async function serve(exchange: Exchange, incoming: IncomingMessage): Promise<void> {
  const { settings, response, n } = exchange;
  const method = incoming.method ?? 'GET';
  // By the clock of the objects: a reader may compare it with LastModified.
  response.setHeader('Date', new Date(settings.store.now()).toUTCString());
  let target: Target | undefined;
  try {
    const refused = refuseForeignOrigin(incoming.headers);
    if (refused) {
      incoming.resume();
      throw new S3Error('AccessDenied', { message: refused });
    }
    target = parseTarget(incoming.url ?? '/');
    const operation = classify(method, target, incoming.headers);
    settings.requests[operation] = (settings.requests[operation] ?? 0) + 1;
    const body = await readBody(incoming);
    checkHeaderSection(incoming.rawHeaders);
    const request = buildRequest(operation, method, target, incoming.headers, body);
    await handle(exchange, request);
  } catch (error) {
    respond(response, errorAnswer(error, target, n), method, n);
  }
}

function checkHeaderSection(namesAndValues: readonly string[]): void {
  let size = 0;
  for (const text of namesAndValues) {
    size += text.length + 2;
  } // ': ' or the end of the line
  if (size > MAX_HEADER_BYTES) {
    throw new S3Error('RequestHeaderSectionTooLarge', {
      fields: { MaxSizeAllowed: String(MAX_HEADER_BYTES) },
    });
  }
}

async function handle(
  { settings, response, n, earlier }: Exchange,
  request: S3Request,
): Promise<void> {
  const { hooks } = settings;
  const watched = hooks.before ?? hooks.after ?? settings.faults ?? settings.throttle;
  const before = watched && earlier.get(response);
  const call: S3Call | undefined = watched
    ? { ...describeCall(request, n), follows: before ? true : undefined }
    : undefined;
  const faults = call ? await collectFaults(settings, call) : [];
  if (settings.latencyMs > 0) {
    await sleep(settings.latencyMs);
  }
  for (const fault of faults) {
    settings.faultsInjected[fault.kind] =
      (settings.faultsInjected[fault.kind] ?? 0) +
      (isKeyFault(fault.kind) ? (fault.keys?.length ?? 1) : 1);
    if (fault.kind === 'Latency') {
      await sleep(fault.ms ?? 0);
    }
  }
  const fault = faults.find(({ kind }) => kind !== 'Latency' && !isKeyFault(kind));
  if (fault?.kind === 'ResetBefore') {
    response.destroy();
    return;
  }
  if (fault?.kind === 'LateOperation') {
    await closed(response, fault.ms);
  }
  const own = (fault && refusal(fault, request, n)) ?? toAnswer(settings, request, faults, n);
  const answer = fault ? makeUnreadable(fault.kind, own, n) : own;
  if (call) {
    earlier.set(response, { answer, method: request.method, n });
    await hooks.after?.(call);
  }
  if (fault?.kind === 'LateAnswer') {
    await closed(response, fault.ms);
  }
  if (fault?.kind === 'LostAnswer') {
    response.destroy();
    return;
  }
  if (fault?.kind === 'StaleAnswer' && before) {
    respond(response, before.answer, request.method, before.n);
    return;
  }
  respond(response, answer, request.method, n, fault?.kind === 'HalfAnswer');
}

function toAnswer(
  { store, limits, secureTransport, guard, bill }: ServerSettings,
  request: S3Request,
  faults: Fault[],
  n: number,
): Answer {
  try {
    const context = {
      request,
      store,
      limits,
      secureTransport,
      guard,
      keyFaults: toKeyFaults(request, faults),
    };
    return billed(bill, request, store, () =>
      guard ? guard.serve(context, () => perform(context)) : perform(context),
    );
  } catch (error) {
    return errorAnswer(error, request, n);
  }
}

/** The answer in place of the operation; none if the fault lets it happen. */
export function refusal(fault: Fault, request: S3Request, n: number): Answer | undefined {
  if (fault.executed === false && UNREADABLE.has(fault.kind)) {
    return unexecutedAnswer(fault, request, n);
  }
  switch (fault.kind) {
    case 'SlowDown':
      return errorAnswer(new S3Error('SlowDown'), request, n);
    case 'InternalError':
      return errorAnswer(new S3Error('InternalError'), request, n);
    case 'Conflict':
      return errorAnswer(new S3Error('ConditionalRequestConflict'), request, n);
    case 'ExpiredToken':
      return errorAnswer(new S3Error('ExpiredToken'), request, n);
    case 'NoExpeditedCapacity':
      return errorAnswer(new S3Error('GlacierExpeditedRetrievalNotAvailable'), request, n);
    // The client never sees this answer.
    case 'StaleAnswer':
      return fault.executed === false
        ? errorAnswer(new S3Error('InternalError'), request, n)
        : undefined;
    case 'ErrorIn200':
      return { ...errorAnswer(new S3Error('InternalError'), request, n), status: 200 };
    case 'Error':
      return errorAnswer(
        new S3Error(fault.code ?? 'InternalError', {
          status: fault.status,
          message: fault.message,
        }),
        request,
        n,
      );
    default:
      return undefined;
  }
}

async function collectFaults(
  { hooks, faults, sparedFromFaults, throttle }: ServerSettings,
  call: S3Call,
): Promise<Fault[]> {
  const isSpared = sparedFromFaults !== undefined && call.accessKeyId === sparedFromFaults;
  const planned = [
    ...(isSpared ? [] : (faults?.faultsFor(call) ?? [])),
    ...(throttle?.faultsFor(call) ?? []),
  ];
  const hooked = await hooks.before?.(call);
  return hooked ? [hooked, ...planned] : planned;
}

function toKeyFaults(request: S3Request, faults: Fault[]): Map<string, KeyFault> | undefined {
  if (request.operation !== 'DeleteObjects' || faults.length === 0) {
    return undefined;
  }
  const concerned = new Map<string, KeyFault>();
  for (const { kind, keys, executed = true } of faults.filter((fault) => isKeyFault(fault.kind))) {
    for (const key of keys ?? deletionKeys(request) ?? []) {
      concerned.set(key, { code: KEY_FAULTS[kind], executed });
    }
  }
  return concerned;
}

export function describeCall(request: S3Request, n: number): S3Call {
  const copySource = request.headers['x-amz-copy-source'];
  return {
    operation: request.operation,
    bucket: request.bucket,
    key: request.key || undefined,
    keys: request.operation === 'DeleteObjects' ? deletionKeys(request) : undefined,
    copySource: copySource === undefined ? undefined : parseCopySource(String(copySource)),
    conditional: isConditional(request) || undefined,
    accessKeyId: readAccessKeyId(request),
    n,
  };
}

const CONDITIONAL = new Set(['PutObject', 'CopyObject', 'CompleteMultipartUpload', 'DeleteObject']);

function isConditional({ operation, headers }: S3Request): boolean {
  return (
    CONDITIONAL.has(operation) && (headers['if-match'] ?? headers['if-none-match']) !== undefined
  );
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  if (
    incoming.headers['transfer-encoding'] === undefined &&
    Number(incoming.headers['content-length'] ?? 0) === 0
  ) {
    return NO_BODY;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
