/**
 * What a person types if this command cannot clean up any more: the terminal died, and with it the
 * journal.
 */
import { STACK_TAG } from './identity';
import { deploymentOfEntry, type Entry } from './journal';
import { bucketsOf, lockedBucketsOf, stackName, TAG, tagOf } from './names';

const VERSIONS = '{Objects: [Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}}';

/**
 * Lines for bash that need nothing but the AWS CLI, as AWS CloudShell has it. S3 deletes at most
 * 1,000 versions in a request.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */
export function linesByHand(entry: Entry): string[] {
  const { region, profile, account } = entry;
  const options = `--region ${region}${profile === undefined ? '' : ` --profile ${profile}`}`;
  const onBucket = `--expected-bucket-owner ${account} ${options}`;
  const deployment = deploymentOfEntry(entry);
  const locked = lockedBucketsOf(deployment);
  const others = bucketsOf(deployment).filter((bucket) => !locked.includes(bucket));
  return [
    '(',
    ...comparing(entry, options),
    ...(others.length > 0 ? emptying(others, onBucket) : []),
    ...(locked.length > 0
      ? [
          ...releasing(locked, onBucket),
          ...emptying(locked, `--bypass-governance-retention ${onBucket}`, onBucket),
        ]
      : []),
    `aws cloudformation delete-stack --stack-name $stack ${options}`,
    ')',
  ];
}

/** Nothing is changed in another account, of another stack, or if the owner is unknown. */
const comparing = ({ id, account }: Entry, options: string) => [
  `account=$(aws sts get-caller-identity --query Account --output text ${options})`,
  `[ "$account" = ${account} ] || { echo "account $account: nothing was changed" >&2; exit 1; }`,
  `stack=$(aws cloudformation describe-stacks --stack-name ${stackName(id)} --query ` +
    `"Stacks[?Tags[?Key=='${TAG}' && Value=='${tagOf(id)}']].StackId" --output text ${options})`,
  `case $stack in arn:*) ;; *) echo "no stack with the tag: nothing was changed" >&2; exit 1 ;; esac`,
  'is_ours() {',
  `  [ "$(aws s3api get-bucket-tagging --bucket $1 --query ` +
    `"TagSet[?Key=='${STACK_TAG}'].Value" --output text --expected-bucket-owner ${account} ` +
    `${options})" = "$stack" ]`,
  '}',
];

/** The answer to a request for deletions has status 200 also if Object Lock keeps a version. */
const emptying = (buckets: readonly string[], deleting: string, listing = deleting) => [
  `for bucket in ${buckets.join(' ')}; do`,
  '  is_ours $bucket || continue',
  '  while aws s3api list-object-versions --bucket $bucket --max-items 500 --query ' +
    `'${VERSIONS}' --output json ${listing} > versions.json && grep -q VersionId versions.json; ` +
    'do',
  '    errors=$(aws s3api delete-objects --bucket $bucket --delete file://versions.json --query ' +
    `'Errors[].[Key, Message]' --output text ${deleting}) || break`,
  '    case $errors in ""|None) ;; *) echo "$bucket: $errors" >&2; break ;; esac',
  '  done',
  'done',
];

/**
 * AWS CLIs that do not know event holds (1.46.3 does not) are told of them, in the way in which
 * botocore extends a service. To others it says nothing new.
 * https://botocore.amazonaws.com/v1/documentation/api/latest/reference/loaders.html
 */
const EVENT_HOLDS = {
  EventHold: { type: 'string' },
  HeadObjectOutput: {
    members: {
      ObjectLockEventHold: {
        shape: 'EventHold',
        location: 'header',
        locationName: 'x-amz-object-lock-event-hold',
      },
    },
  },
  ObjectLockRetention: { members: { EventHold: { shape: 'EventHold' } } },
};
const EXTRAS = 'models/s3/2006-03-01';

/** Turns off what no permission bypasses. */
const releasing = (buckets: readonly string[], options: string) => [
  `mkdir -p ${EXTRAS}; echo '${JSON.stringify({ version: 1, merge: { shapes: EVENT_HOLDS } })}' ` +
    `> ${EXTRAS}/service-2.sdk-extras.json; export AWS_DATA_PATH=models`,
  `for bucket in ${buckets.join(' ')}; do`,
  '  is_ours $bucket || continue',
  `  aws s3api list-object-versions --bucket $bucket --query '(Versions || ` +
    `\`[]\`)[].[VersionId, Key]' --output text ${options} | while read -r version key; do`,
  '    read -r legal event mode until <<< "$(aws s3api head-object --bucket $bucket --key "$key" ' +
    "--version-id $version --query '[ObjectLockLegalHoldStatus, ObjectLockEventHold, " +
    `ObjectLockMode, ObjectLockRetainUntilDate]' --output text ${options})"`,
  '    case $mode in GOVERNANCE|COMPLIANCE) kept=,Mode=$mode,RetainUntilDate=$until ;; *) kept= ;; ' +
    'esac',
  '    case $legal in ON) aws s3api put-object-legal-hold --bucket $bucket --key "$key" ' +
    `--version-id $version --legal-hold Status=OFF ${options} ;; esac`,
  '    case $event in ON) aws s3api put-object-retention --bucket $bucket --key "$key" ' +
    '--version-id $version --bypass-governance-retention --retention EventHold=OFF$kept ' +
    `${options} ;; esac`,
  '  done',
  'done',
];

export function describeByHand(entry: Entry): string {
  const isLocked = lockedBucketsOf(deploymentOfEntry(entry)).length > 0;
  const locked = isLocked
    ? '. If one of them says that a version is protected by Object Lock, type them again a day ' +
      'later'
    : '';
  return (
    'If this terminal dies, the next call of this command offers to clean up. Without it, these ' +
    `lines remove everything${locked}:\n\n${linesByHand(entry).join('\n')}\n`
  );
}
