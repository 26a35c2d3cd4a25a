import type { S3Client } from '@aws-sdk/client-s3';
import { addRequests, type Requests, toRequestName } from '../pricing/requests';
import { isInGlacier } from '../pricing/storage-classes';

/** The fields of requests and answers that say which storage class sets the price. */
export interface Fields {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly UploadId?: string;
  readonly StorageClass?: string;
  readonly RestoreRequest?: { readonly GlacierJobParameters?: { readonly Tier?: string } };
}

interface Answer extends Fields {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * Counts requests as they are priced: those that S3 answered, repeated ones included, but not those
 * that it answered with 5xx.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ErrorCodeBilling.html
 */
export class RequestCounter {
  /** By the command, with `@` and the storage class. The names are only made once, in `take`. */
  private readonly counts = new Map<string, number>();
  /** The storage classes of uploads in parts, by their ids. */
  private readonly uploads = new Map<string | undefined, string | undefined>();
  /** The storage classes of objects that S3 may be asked to restore. */
  private readonly restorable = new Map<string, string>();

  /** There is one call for each copy. @param storageClass undefined: STANDARD */
  count(commandName: string, status = 0, storageClass?: string): void {
    if (status === 0 || status >= 500) {
      return;
    }
    const name = storageClass === undefined ? commandName : `${commandName}@${storageClass}`;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** @param answer or an error, which has a status if it is an answer */
  countAnswer(commandName: string, input: Fields, answer: Answer): void {
    this.count(
      commandName,
      answer.$metadata?.httpStatusCode,
      this.findClass(commandName, input, answer),
    );
  }

  /** Returns what was counted since the call before. */
  take(): Requests {
    const requests: Requests = {};
    for (const [name, count] of this.counts) {
      const [commandName, storageClass] = name.split('@');
      addRequests(requests, {
        [toRequestName(commandName.replace(/Command$/, ''), storageClass)]: count,
      });
    }
    this.counts.clear();
    this.uploads.clear();
    this.restorable.clear();
    return requests;
  }

  private findClass(commandName: string, input: Fields, answer: Answer): string | undefined {
    switch (commandName) {
      case 'CopyObjectCommand':
      case 'PutObjectCommand':
        return input.StorageClass;
      case 'CreateMultipartUploadCommand':
        this.uploads.set(answer.UploadId, input.StorageClass);
        return input.StorageClass;
      case 'ListPartsCommand':
        // An earlier round has created the upload. A list has the price of STANDARD.
        this.uploads.set(input.UploadId, answer.StorageClass);
        return undefined;
      case 'UploadPartCopyCommand':
      case 'CompleteMultipartUploadCommand':
        return this.uploads.get(input.UploadId);
      case 'HeadObjectCommand':
        if (isInGlacier(answer.StorageClass)) {
          this.restorable.set(toId(input), answer.StorageClass!);
        }
        return answer.StorageClass;
      case 'GetObjectCommand':
        return answer.StorageClass;
      case 'RestoreObjectCommand':
        // A look at the object came before.
        return `${this.restorable.get(toId(input))}/${getTier(input)}`;
      default:
        return undefined;
    }
  }
}

/** Counts each attempt of the client, also those that the SDK repeats. */
export function countAttempts(s3: S3Client, counter: RequestCounter): void {
  s3.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        try {
          const result = await next(args);
          counter.countAnswer(commandName, args.input as Fields, result.output as Answer);
          return result;
        } catch (error) {
          counter.countAnswer(commandName, args.input as Fields, error as Answer);
          throw error;
        }
      },
    { step: 'finalizeRequest', priority: 'low', name: 'countAttempts' },
  );
}

function getTier({ RestoreRequest }: Fields): string | undefined {
  return RestoreRequest?.GlacierJobParameters?.Tier;
}

function toId({ Bucket, Key }: Fields): string {
  return `${Bucket}/${Key}`;
}
