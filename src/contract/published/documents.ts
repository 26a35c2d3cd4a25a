/**
 * The documents that messages and alarms link to: in the repository that package.json names. A test
 * compares the two.
 */
const DOCUMENTS = 'https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/blob/main/docs';

export function runbookUrl(anchor: string): string {
  return `${DOCUMENTS}/runbook.md#${anchor}`;
}
