import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import type { RequestLimits } from '../guard/limits';
import type { Places } from '../settings/given-settings';

/** The accounts of the buckets, as far as they are given. */
export interface Owners {
  /** Of all buckets that have none of their own. Unset: the account of the credentials. */
  readonly all?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly reports?: string;
}

/** @param readAccount asks for the account of the credentials, if an owner is not given */
export async function toLimits(
  { source, destination, reports }: Places,
  owners: Owners,
  isDryRun: boolean,
  readAccount: () => Promise<string>,
): Promise<RequestLimits> {
  const isComplete = owners.source && owners.destination && owners.reports;
  const other = owners.all ?? (isComplete ? '' : await readAccount());
  const limits = {
    source: { ...source, owner: owners.source ?? other },
    destination: { ...destination, owner: owners.destination ?? other },
    reports: { ...reports, owner: owners.reports ?? other },
    isDryRun,
  };
  checkOneOwner(limits);
  return limits;
}

/** A bucket has one owner. */
function checkOneOwner({ source, destination, reports }: RequestLimits): void {
  const places = [source, destination, reports];
  for (const one of places) {
    const other = places.find(({ bucket, owner }) => bucket === one.bucket && owner !== one.owner);
    if (other) {
      throw new Error(
        `the bucket ${one.bucket} has two owners, ${one.owner} and ${other.owner}: give the same ` +
          'one for each place of a bucket',
      );
    }
  }
}

/** The account of the caller: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export async function readCallerAccount(config: STSClientConfig): Promise<string> {
  const sts = new STSClient(config);
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    return Account!;
  } finally {
    sts.destroy();
  }
}
