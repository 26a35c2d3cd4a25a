import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

export interface HeldWrites {
  /** From the chosen write on, it sends nothing: its process is dead. */
  readonly s3: S3Client;
  /**
   * Lets S3 execute the write that the process had sent when it died, and returns the name of the
   * error, if it fails.
   */
  readonly release: () => Promise<string | undefined>;
}

/**
 * A client whose process dies with a write on its way.
 *
 * @param nth the number of this PutObject, counted from 1
 */
export function holdWrite(s3: S3Client, nth: number): HeldWrites {
  let puts = 0;
  let held: PutObjectCommand | undefined;
  const send = async (command: PutObjectCommand, options: never) => {
    if (!held && command instanceof PutObjectCommand && ++puts === nth) {
      held = command;
    }
    if (held) {
      throw Object.assign(new Error('dead'), {
        name: 'InvalidRequest',
        $metadata: { httpStatusCode: 400 },
      });
    }
    return s3.send(command, options);
  };
  return {
    s3: Object.create(s3, { send: { value: send } }) as S3Client,
    release: async () => {
      if (!held) {
        throw new Error(`the process sent ${puts} writes, and ${nth} are expected`);
      }
      return s3.send(new PutObjectCommand(held.input)).then(
        () => undefined,
        (error: Error) => error.name,
      );
    },
  };
}
