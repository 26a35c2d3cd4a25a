import type { S3Client } from '@aws-sdk/client-s3';

/** The caller's credentials, which the SDK renews where it can. */
export type CredentialProvider = S3Client['config']['credentials'];
type Credentials = Awaited<ReturnType<CredentialProvider>>;

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'InvalidToken']);

/** Whether this is the name of an error of AWS about credentials that have expired. */
export function isExpired(name: string | undefined): boolean {
  return name !== undefined && EXPIRED.has(name);
}

/** Credentials end before a piece of work does, and could not be renewed. */
export class ExpiringCredentialsError extends Error {
  constructor(readonly expiration: Date) {
    super(`the credentials expire at ${expiration.toISOString()}`);
    this.name = 'ExpiringCredentialsError';
  }
}

/**
 * Throws unless the credentials last for this time. It asks for new ones if they do not.
 * @throws ExpiringCredentialsError
 */
export async function demandCredentials(
  provide: CredentialProvider,
  milliseconds: number,
  now: () => number,
): Promise<void> {
  const lasts = ({ expiration }: Credentials) =>
    expiration === undefined || expiration.getTime() - now() >= milliseconds;
  if (lasts(await provide())) {
    return;
  }
  const renewed = await provide({ forceRefresh: true });
  if (!lasts(renewed)) {
    throw new ExpiringCredentialsError(renewed.expiration!);
  }
}
