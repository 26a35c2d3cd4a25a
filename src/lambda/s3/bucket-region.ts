import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { retryUnreadableAnswers } from './readable-answers';
import { withSend } from './with-send';
import { getSurroundings } from '../surroundings/surroundings';

/**
 * Creates the only clients of S3 that functions have.
 *
 * @param equip what else each client gets, of which there is one for each region
 */
export function createS3Client(
  config: S3ClientConfig,
  equip = (client: S3Client) => client,
): S3Client {
  const { s3Config, guardS3 } = getSurroundings();
  const createClient = (region?: string) =>
    equip(
      retryUnreadableAnswers(
        new S3Client({ ...config, ...s3Config, ...(region !== undefined && { region }) }),
      ),
    );
  // In front of all that sends requests, also of what sends them past the SDK.
  return guardS3(withBucketRegions(createClient(), createClient));
}

/**
 * Requests to a bucket in another region go there once S3 has said so. The SDK's
 * `followRegionRedirects` asks the wrong region every time.
 */
export function withBucketRegions(
  s3: S3Client,
  createClient: (region: string) => S3Client,
): S3Client {
  const regions = new Map<string, S3Client>();
  const clients = new Map<string, S3Client>();
  const clientOf = (region: string) => {
    const client = regions.get(region) ?? createClient(region);
    regions.set(region, client);
    return client;
  };
  return withSend(
    s3,
    async (command: { readonly input: { readonly Bucket?: string } }, options) => {
      const { Bucket: bucket = '' } = command.input;
      const used = clients.get(bucket) ?? s3;
      try {
        return await used.send(command as never, options);
      } catch (error) {
        const region = getOtherRegion(error, await used.config.region());
        // If that region names yet another one, it is not asked again.
        if (region === undefined || used !== s3) {
          throw error;
        }
        clients.set(bucket, clientOf(region));
        return clients.get(bucket)!.send(command as never, options);
      }
    },
  );
}

/**
 * Statuses of an answer that says that the bucket is in another region. S3 refuses a signature for
 * a wrong region with 400.
 */
const WRONG_REGION = new Set([301, 307, 400]);

/**
 * Returns the region of the bucket if the request failed because it went to another one. S3 names
 * the region in every answer.
 */
function getOtherRegion(error: unknown, asked: string): string | undefined {
  const { $metadata, $response } = error as {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $response?: { readonly headers?: Record<string, string | undefined> };
  };
  const region = $response?.headers?.['x-amz-bucket-region'];
  return WRONG_REGION.has($metadata?.httpStatusCode ?? 0) && region !== asked ? region : undefined;
}
