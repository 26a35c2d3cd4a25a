/**
 * List prices by region, for reports, dry runs and the sandbox.
 * @see aws.amazon.com/s3/pricing, and the same page of the other services
 */
import type { TransferSettings } from '../../contract/payloads/settings';
import { RESTORE_PRICES } from '../../contract/restore-prices';

/** The day on which the table was last compared with the prices that AWS publishes. */
export const PRICES_AS_OF = '2026-11-25';
/**
 * Its prices are used for regions that the table does not have. The report says whose prices it
 * uses.
 */
export const DEFAULT_REGION = 'us-east-1';

/** The prices of a storage class, in US dollars. A GB has 2^30 bytes in the bills of S3. */
export interface ClassPrices {
  /** The price of a PUT, COPY or POST request to this class. */
  readonly write: number;
  /** The price of any other request for an object of this class. */
  readonly read: number;
  readonly retrievalGb: number;
  readonly storageGbMonth: number;
}

/** `ClassPrices` as a row of a table, with the prices of a thousand requests. */
type Row = readonly [
  writeThousand: number,
  readThousand: number,
  retrievalGb: number,
  storageGbMonth: number,
];

/** The keys are the names of the storage classes in the S3 API. */
const US_CLASSES: Record<string, Row> = {
  STANDARD: [0.005, 0.0004, 0, 0.023],
  INTELLIGENT_TIERING: [0.005, 0.0004, 0, 0.023],
  STANDARD_IA: [0.01, 0.001, 0.01, 0.0125],
  ONEZONE_IA: [0.01, 0.001, 0.01, 0.01],
  GLACIER_IR: [0.02, 0.01, 0.03, 0.004],
  // A restored object is read from a copy in STANDARD. The restore itself is billed when it is
  // requested.
  GLACIER: [0.03, 0.0004, 0, 0.0036],
  DEEP_ARCHIVE: [0.05, 0.0004, 0, 0.00099],
  // A restore, by class and tier.
  ...Object.fromEntries(
    Object.entries(RESTORE_PRICES).map(([name, { thousand, gb }]): [string, Row] => [
      name,
      [thousand, 0, gb, 0],
    ]),
  ),
  REDUCED_REDUNDANCY: [0.005, 0.0004, 0, 0.024],
};

/** The prices of a region that do not depend on the storage class, in US dollars. */
interface RegionPrices {
  /**
   * The price of transfer to another region. Incoming transfer is free. No test compares it with
   * the price page (docs/costs.md).
   */
  readonly transferGb: number;
  readonly transition: number;
  readonly lambdaRequest: number;
  /** arm64 */
  readonly lambdaGbSecond: number;
  readonly snsPublish: number;
  /** Ingestion of CloudWatch Logs. */
  readonly logsGb: number;
}

const US: RegionPrices = {
  transferGb: 0.02,
  transition: 0.025 / 1000,
  lambdaRequest: 0.2 / 1e6,
  lambdaGbSecond: 0.0000133334,
  snsPublish: 0.5 / 1e6,
  logsGb: 0.5,
};

/** The prices that differ from those of us-east-1. */
interface Region extends Partial<RegionPrices> {
  readonly classes?: Record<string, Row>;
}

const REGIONS: Record<string, Region> = {
  'us-east-1': {},
  'us-east-2': {},
  'us-west-2': {},
  'eu-west-1': { logsGb: 0.57 },
  'ap-northeast-1': {
    transferGb: 0.09,
    logsGb: 0.76,
    classes: {
      STANDARD: [0.0047, 0.00037, 0, 0.025],
      INTELLIGENT_TIERING: [0.0047, 0.00037, 0, 0.025],
      STANDARD_IA: [0.01, 0.001, 0.01, 0.0138],
      GLACIER_IR: [0.02, 0.01, 0.03, 0.005],
    },
  },
};

export interface Prices extends RegionPrices {
  /** The region that has these prices, which may stand for another one. */
  readonly region: string;
  readonly classes: { readonly [storageClass: string]: ClassPrices };
}

export function getPrices(region = DEFAULT_REGION): Prices {
  const name = region in REGIONS ? region : DEFAULT_REGION;
  const { classes, ...others } = REGIONS[name];
  const rows = Object.entries({ ...US_CLASSES, ...classes });
  return {
    region: name,
    ...US,
    ...others,
    classes: Object.fromEntries(
      rows.map(([storageClass, [write, read, retrievalGb, storageGbMonth]]) => [
        storageClass,
        { write: write / 1000, read: read / 1000, retrievalGb, storageGbMonth },
      ]),
    ),
  };
}

/** The only two regions with a lower price for transfer between them, and that price per GB. */
const NEAR_REGIONS: readonly string[] = ['us-east-1', 'us-east-2'];
const NEAR_TRANSFER_GB = 0.01;

/** The price of transferring a GB between regions. The region that the GB leaves sets it. */
export function getTransferPrice({ from, to }: TransferSettings): number {
  return NEAR_REGIONS.includes(from) && NEAR_REGIONS.includes(to)
    ? NEAR_TRANSFER_GB
    : getPrices(from).transferGb;
}

/** A storage class that the table does not have yet is priced as STANDARD. */
export function getClassPrices(prices: Prices, storageClass: string): ClassPrices {
  return prices.classes[storageClass] ?? prices.classes.STANDARD;
}
