/**
 * Domains of AWS in its partitions: partitions.json of the SDKs, `dnsSuffix` and
 * `dualStackDnsSuffix`, as in
 * https://github.com/aws/aws-sdk-js-v3/blob/main/packages/core/src/submodules/client/util-endpoints/lib/aws/partitions.ts
 */
const SUFFIXES = [
  'amazonaws.com',
  'api.aws',
  'amazonaws.com.cn',
  'api.amazonwebservices.com.cn',
  'amazonaws.eu',
  'api.amazonwebservices.eu',
  'c2s.ic.gov',
  'api.aws.ic.gov',
  'sc2s.sgov.gov',
  'api.aws.scloud',
  'cloud.adc-e.uk',
  'api.cloud-aws.adc-e.uk',
  'csp.hci.ic.gov',
  'api.aws.hci.ic.gov',
];

/**
 * Whether a host belongs to AWS by its name. A name of one's own for a bucket, or an address, is
 * not recognized.
 */
export function isAwsHost(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
}
