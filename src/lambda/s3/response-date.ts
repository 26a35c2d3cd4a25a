import type { GetObjectCommand, GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';

type Dated = GetObjectCommandOutput & { readonly $metadata: { date?: string } };

/**
 * Reads an object, and says what time it is on the server: the `Date` header, which S3 sends with every answer. Compared
 * with `LastModified`, it tells the object's age without anybody else's clock.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html
 *
 * @throws if the answer has no time
 */
export async function getDated(s3: S3Client, command: GetObjectCommand): Promise<{ readonly answer: GetObjectCommandOutput; readonly now: Date }> {
  command.middlewareStack?.add((next) => async (args) => {
    const result = await next(args);
    (result.output as Dated).$metadata.date = (result.response as { headers?: Record<string, string> }).headers?.date;
    return result;
  }, { name: 'responseDate', step: 'deserialize', priority: 'high' });
  const answer: Dated = await s3.send(command);
  const now = new Date(answer.$metadata.date ?? NaN);
  if (Number.isNaN(now.getTime())) { throw new Error('S3 answered without a Date header, so the age of the object is not known'); }
  return { answer, now };
}
