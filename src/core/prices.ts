/**
 * List prices of us-east-1 in USD, read on 2026-11-25 from the pricing pages of S3, Step Functions,
 * Lambda and SNS. Free tiers and storage are left out.
 */
export const PRICES = {
  /** S3 Standard: COPY, PUT, POST, LIST. DELETE is free. */
  s3Write: 0.005 / 1000,
  /** S3 Standard: GET, HEAD and all other requests. */
  s3Read: 0.0004 / 1000,
  standardTransition: 0.025 / 1000,
  expressRequest: 1.00 / 1_000_000,
  expressGbSecond: 0.00001667,
  lambdaRequest: 0.20 / 1_000_000,
  /** arm64 */
  lambdaGbSecond: 0.0000133334,
  snsPublish: 0.50 / 1_000_000,
};
