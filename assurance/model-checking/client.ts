/**
 * The real code receives this S3 client. The client answers nothing by itself. It holds each call
 * until the explorer gives the answer.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import type { Answer, Input, Request } from './s3-model';

/** A call waits for its answer. */
export interface Call extends Request {
  /** The name is the same in every execution that reaches this call. */
  readonly name: string;
}

interface Waiting extends Call {
  /** If `fault` is true, a repetition of the same call gets the same name. */
  readonly answer: (answer: Answer, fault: boolean) => void;
}

export class HeldClient {
  readonly waiting = new Map<string, Waiting>();
  private readonly counts: Record<string, number> = {};
  private readonly faulted = new Map<string, string>();

  /** @param threadOf tells which of a batch's concurrent moves a call belongs to */
  constructor(private readonly threadOf: (request: Request) => string) {}

  get s3(): S3Client {
    return {
      send: (command: never, options?: never) => this.send(command, options),
    } as unknown as S3Client;
  }

  private send(
    command: { readonly input: Input },
    options: { readonly abortSignal?: AbortSignal } = {},
  ): Promise<unknown> {
    const request = {
      operation: command.constructor.name.replace(/Command$/, ''),
      input: command.input,
    };
    const text = JSON.stringify(request);
    const name = this.faulted.get(text) ?? this.newName(request);
    this.faulted.delete(text);
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.waiting.delete(name);
        reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
      };
      if (options.abortSignal?.aborted) {
        return abort();
      }
      options.abortSignal?.addEventListener('abort', abort, { once: true });
      this.waiting.set(name, {
        ...request,
        name,
        answer: (answer, fault) => {
          this.waiting.delete(name);
          if (fault) {
            this.faulted.set(text, name);
          }
          options.abortSignal?.removeEventListener('abort', abort);
          if ('output' in answer) {
            resolve(outputOf(answer.output));
          } else {
            reject(errorOf(answer));
          }
        },
      });
    });
  }

  private newName(request: Request): string {
    const thread = this.threadOf(request);
    this.counts[thread] = (this.counts[thread] ?? 0) + 1;
    return `${thread}${this.counts[thread]}`;
  }
}

function outputOf(output: Record<string, unknown>): Record<string, unknown> {
  return {
    ...output,
    ...(typeof output.LastModified === 'number' && { LastModified: toDate(output.LastModified) }),
    ...(Array.isArray(output.Contents) && { Contents: output.Contents.map(withDate) }),
    ...(typeof output.ObjectLockRetainUntilDate === 'string' && {
      ObjectLockRetainUntilDate: new Date(output.ObjectLockRetainUntilDate),
    }),
    ...(typeof output.Payload === 'string' && {
      AnnotationPayload: toBody(Buffer.from(output.Payload)),
    }),
    ...(typeof output.Body === 'string' && { Body: toBody(Buffer.from(output.Body)) }),
    ...(typeof output.Bytes === 'string' && { Body: toBody(Buffer.from(output.Bytes, 'base64')) }),
    ...(typeof output.Part === 'string' && { Body: toBody(Buffer.from(output.Part, 'base64')) }),
    $metadata: { httpStatusCode: output.Part === undefined ? 200 : 206 },
  };
}

const withDate = (listed: Record<string, unknown>) => ({
  ...listed,
  LastModified: toDate(listed.LastModified),
});

const toDate = (written: unknown) => new Date(RUN_START + (Number(written ?? 0) || -1) * 1_000);

/**
 * This is 2026-11-25T01:00:00Z. An object that existed before the run has a LastModified one second
 * earlier.
 */
export const RUN_START = 1_795_568_400_000;

function errorOf({ error, status }: { readonly error: string; readonly status: number }): Error {
  const code = error === 'ECONNRESET' ? { code: error } : { name: error };
  return Object.assign(new Error(`the model's ${error}`), code, {
    $metadata: status ? { httpStatusCode: status } : {},
  });
}

/** What the handlers need of a stream: its pieces, or its text. */
function toBody(bytes: Buffer) {
  return Object.assign([bytes], {
    transformToString: async () => bytes.toString(),
    transformToByteArray: async () => bytes,
  });
}
