import { randomBytes } from 'node:crypto';
import type { Credentials } from '../lambda/environment';

/**
 * Access keys of the callers of another S3. Each function, the state machine and the sandbox itself
 * has its own. They mean something to the proxy only, which holds each caller to its policies and
 * signs with the real credentials. No other program on this machine can guess them, so none gets
 * the rights of those credentials.
 */
export class Identities {
  private readonly issued = new Map<string, Credentials>();
  private readonly names = new Map<string, string>();

  /** The credentials of a caller, by its logical id. */
  credentialsFor(name: string): Credentials {
    const known = this.issued.get(name);
    if (known) {
      return known;
    }
    const credentials = {
      accessKeyId: `SANDBOX${randomBytes(16).toString('hex').toUpperCase()}`,
      secretAccessKey: 'sandbox',
    };
    this.issued.set(name, credentials);
    this.names.set(credentials.accessKeyId, name);
    return credentials;
  }

  /** The caller with this access key; undefined if the sandbox has not issued it. */
  nameOf(accessKeyId: string | undefined): string | undefined {
    return accessKeyId === undefined ? undefined : this.names.get(accessKeyId);
  }
}
