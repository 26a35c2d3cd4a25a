/** What a person types if this command cannot clean up any more: the terminal died, and with it the journal. */
import { deploymentOfEntry, type Entry } from './journal';
import { bucketsOf, stackName } from './names';

/**
 * Lines for bash that need nothing but the AWS CLI, as AWS CloudShell has it. S3 deletes at most 1,000 versions in a request.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */
export function linesByHand(entry: Entry): string[] {
  const { id, region, profile } = entry;
  const options = `--region ${region}${profile === undefined ? '' : ` --profile ${profile}`}`;
  const query = '{Objects: [Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}}';
  const buckets = bucketsOf(deploymentOfEntry(entry)).join(' ');
  return [
    `for bucket in ${buckets}; do`,
    `  while aws s3api list-object-versions --bucket $bucket --max-items 500 --query '${query}' --output json ${options} > versions.json && grep -q VersionId versions.json; do`,
    `    aws s3api delete-objects --bucket $bucket --delete file://versions.json ${options} > /dev/null || break`,
    '  done',
    'done',
    `aws cloudformation delete-stack --stack-name ${stackName(id)} ${options}`,
  ];
}

export function describeByHand(entry: Entry): string {
  return `If this terminal dies, the next call of this command offers to clean up. Without it, these lines remove everything:\n\n${linesByHand(entry).join('\n')}\n`;
}
