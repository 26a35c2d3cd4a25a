import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

interface SentRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
}

/** The hosts of S3 in all partitions. */
const OF_AWS =
  /(^|\.)s3[.-](.*\.)?(amazonaws\.(com|com\.cn|eu)|api\.aws|ic\.gov|sgov\.gov|adc-e\.uk)$/;

/**
 * Asks S3 for the reports, and returns where the request went. Variables and profiles may lead the
 * SDK to another S3 than that of AWS. Function processes read neither, and must go there, too.
 * Undefined: it went to AWS.
 */
export async function findEndpoint(
  client: S3Client,
  s3: S3Client,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
): Promise<string | undefined> {
  let sent: SentRequest | undefined;
  client.middlewareStack.add(
    (next) => (args) => {
      sent ??= args.request as SentRequest;
      return next(args);
    },
    { step: 'finalizeRequest', name: 'findEndpoint', override: true },
  );
  try {
    await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }));
  } finally {
    client.middlewareStack.remove('findEndpoint');
  }
  return toEndpoint(sent!, bucket);
}

export function toEndpoint(
  { protocol, hostname, port }: SentRequest,
  bucket: string,
): string | undefined {
  if (OF_AWS.test(hostname)) {
    return undefined;
  }
  const host = hostname.startsWith(`${bucket}.`) ? hostname.slice(bucket.length + 1) : hostname;
  return `${protocol}//${host}${port === undefined ? '' : `:${port}`}`;
}
