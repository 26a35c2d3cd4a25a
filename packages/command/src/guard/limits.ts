/** What a run of the command may touch, even if the credentials of the user allow more. */
export interface RequestLimits {
  readonly source: OwnedPlace;
  readonly destination: OwnedPlace;
  readonly reports: OwnedPlace;
  /** A dry run writes its reports, and nothing else. */
  readonly isDryRun: boolean;
}

export interface OwnedPlace {
  readonly bucket: string;
  readonly prefix: string;
  /** The account of the bucket. Another account could create a bucket with a name that is free. */
  readonly owner: string;
}

export function isBelow({ bucket, prefix }: OwnedPlace, of: string | undefined, key: string) {
  return bucket === of && key.startsWith(prefix);
}

/** A bucket has one owner, so any of its places says who that is. */
export function findOwner(limits: RequestLimits, bucket: string | undefined): string | undefined {
  return listPlaces(limits).find((place) => place.bucket === bucket)?.owner;
}

export function listPlaces({ source, destination, reports }: RequestLimits): OwnedPlace[] {
  return [source, destination, reports];
}
