/**
 * A fast path for the two requests of which a run makes one for each object: the copy, and the read
 * of an object that is packed. The SDK spends 0.5 ms of CPU and more on each, most of it on
 * building, signing and wrapping a request that differs from the previous one in a few places. The
 * first request goes through the SDK, and becomes the template of those that follow. Requests that
 * begin meanwhile wait for it. Endpoint, region, headers and credentials stay the SDK's. Any
 * response that is not certainly a success is retried through the SDK, so retries, redirects,
 * clock-skew correction and errors behave as usual. The conditions of a request make a second
 * attempt harmless.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  type HttpRequest,
  type HttpResponse,
  type SendRequest,
  UnsupportedResponseError,
} from './http-client';
import type { RateController } from './rate-controller';
import type { RequestCounter } from './request-counter';
import {
  matchesTemplate,
  type ObjectInput,
  type PerObjectHeaders,
  type RequestTemplate,
  type SdkRequest,
  type SigningContext,
  toSignedRequest,
  toTemplate,
  toTemplateName,
} from './request-template';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { RequestIds } from '../s3/readable-answers';
import { toS3Error } from '../s3/s3-error';

/** The properties of one command's requests. The name of the command is the SDK's. */
export interface FastRequests<I extends ObjectInput, O> {
  readonly commandName: string;
  readonly perObject: PerObjectHeaders;
  /** Each request waits for the rate, as the client's own do. */
  readonly rate: RateController;
  /** Bytes. */
  readonly maxResponseSize: number;
  /** Undefined: the response is not certainly a success. False: it belongs to another request. */
  read(
    input: I,
    response: HttpResponse,
    request: HttpRequest,
    signal?: AbortSignal,
  ): Promise<O | undefined | false>;
}

/** Objects that bring locks along may have dates of their own. */
const MAX_TEMPLATES = 100;
/**
 * Milliseconds. Requests that have waited so long for a template go through the SDK. A copy takes
 * 100 to 200 ms
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html).
 */
const MAX_WAIT = 1_000;

/** The attempts to get a template. */
interface Lesson {
  /**
   * The request that others wait for. It settles when it has an answer, or when they have waited
   * long enough.
   */
  attempt?: Promise<unknown>;
  isOver: boolean;
  readonly timeout: Promise<unknown>;
}

export class FastSender {
  private readonly templates = new Map<string, RequestTemplate>();
  private readonly lessons = new Map<string, Lesson>();
  /**
   * False after a response that belongs to no request: from then on all requests go through the
   * SDK.
   */
  private isTrusted = true;
  private readonly requestIds = new RequestIds();

  /**
   * @param sendRequest over connections that no other sender uses: one that takes them over would
   * not know an answer that comes again
   */
  constructor(
    private readonly s3: S3Client,
    private readonly sendRequest: SendRequest,
    private readonly requests?: RequestCounter,
  ) {}

  /** Learns from each request of the command that goes through the SDK. */
  use<I extends ObjectInput, O>(
    { commandName, perObject }: FastRequests<I, O>,
    onAnswer?: (input: I, output: O) => void,
  ): void {
    this.s3.middlewareStack.add(
      (next, context) => async (args) => {
        const result = await next(args);
        const templateName = toTemplateName(commandName, args.input as I);
        if (
          context.commandName === commandName &&
          this.isTrusted &&
          !this.templates.has(templateName)
        ) {
          const template = toTemplate(
            args.input as I,
            perObject,
            args.request as SdkRequest,
            context as SigningContext,
          );
          if (this.templates.size >= MAX_TEMPLATES) {
            this.templates.clear();
          }
          if (template) {
            this.templates.set(templateName, template);
          }
          onAnswer?.(args.input as I, result.output as O);
        }
        return result;
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
  }

  async send<I extends ObjectInput, O>(
    requests: FastRequests<I, O>,
    input: I,
    sendBySdk: () => Promise<O>,
    signal?: AbortSignal,
  ): Promise<O> {
    const templateName = toTemplateName(requests.commandName, input);
    const lesson = this.getLesson(templateName);
    while (!this.templates.has(templateName) && !lesson.isOver) {
      if (!lesson.attempt) {
        return attempt(lesson, sendBySdk());
      }
      await lesson.attempt;
    }
    return (await this.sendFast(templateName, requests, input, signal)) ?? sendBySdk();
  }

  private getLesson(templateName: string): Lesson {
    const known = this.lessons.get(templateName);
    if (known) {
      return known;
    }
    if (this.lessons.size >= MAX_TEMPLATES) {
      this.lessons.clear();
    }
    const lesson: Lesson = {
      isOver: false,
      timeout: sleep(MAX_WAIT, undefined, { ref: false }).then(() => {
        lesson.isOver = true;
      }),
    };
    this.lessons.set(templateName, lesson);
    return lesson;
  }

  /**
   * Undefined if the request has to go through the SDK: it does not fit the template, or its
   * success is not certain.
   */
  private async sendFast<I extends ObjectInput, O>(
    templateName: string,
    requests: FastRequests<I, O>,
    input: I,
    signal?: AbortSignal,
  ): Promise<O | undefined> {
    const { commandName, rate, maxResponseSize } = requests;
    const template = this.templates.get(templateName);
    if (!template || !matchesTemplate(template, input)) {
      return undefined;
    }
    const epoch = await rate.acquire();
    try {
      const { config } = this.s3;
      const signed = toSignedRequest(
        template,
        input,
        await config.credentials(),
        new Date(Date.now() + config.systemClockOffset),
      );
      const request = Object.assign(signed, { maxResponseSize });
      // It may have changed while this request waited.
      if (!this.isTrusted) {
        return toRetry(rate, input);
      }
      const response = await this.sendRequest(request, signal);
      this.requests?.count(commandName, response.status, getStorageClass(input, response));
      const output = await this.read(requests, input, response, request, signal);
      if (output === false) {
        this.turnOff();
      } else if (output === undefined && response.status < 403) {
        // If the template's region, clock or token is wrong, the SDK finds out the right one.
        this.templates.delete(templateName);
      }
      const refused = !output && isSlowDown(response) ? 1 : 0;
      rate.onAnswer(epoch, 1 - refused, refused);
      return output || toRetry(rate, input);
    } catch (error) {
      // A server whose responses cannot be read is not asked twice for each object.
      if (error instanceof UnsupportedResponseError) {
        this.turnOff();
      }
      return toRetry(rate, input);
    }
  }

  private async read<I extends ObjectInput, O>(
    requests: FastRequests<I, O>,
    input: I,
    response: HttpResponse,
    request: HttpRequest,
    signal?: AbortSignal,
  ): Promise<O | undefined | false> {
    const isRepeated = this.requestIds.record(response.headers) !== undefined;
    if (isRepeated) {
      return false;
    }
    return response.status === 200 ? requests.read(input, response, request, signal) : undefined;
  }

  private turnOff(): void {
    this.isTrusted = false;
    this.templates.clear();
  }
}

/**
 * After a success, there is a template, or there will be none. After a failure, the next one tries.
 */
function attempt<O>(lesson: Lesson, answer: Promise<O>): Promise<O> {
  const end = answer.then(
    () => {
      lesson.isOver = true;
    },
    () => undefined,
  );
  lesson.attempt = Promise.race([end, lesson.timeout]).then(() => {
    lesson.attempt = undefined;
  });
  return answer;
}

/** That of the copy, or of the object that was read. */
function getStorageClass({ StorageClass }: ObjectInput, { headers }: HttpResponse) {
  return StorageClass ?? (headers['x-amz-storage-class'] as string | undefined);
}

/** The SDK sends it again, and before requests that were never sent. */
function toRetry(rate: RateController, { Key }: ObjectInput): undefined {
  if (Key !== undefined) {
    rate.expectRetry(Key);
  }
}

/** SlowDown may also come inside a 200. */
function isSlowDown({ status, body }: HttpResponse): boolean {
  const name = /<Code>(\w+)<\/Code>/.exec(body.toString())?.[1];
  const { code } = toS3Error({ name, $metadata: { httpStatusCode: status } });
  return code === ReasonCode.SLOW_DOWN;
}
