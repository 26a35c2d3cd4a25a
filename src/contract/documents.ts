/** The documents that messages and alarms link to: in the repository that package.json names. A test compares the two. */
const DOCUMENTS = 'https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/blob/main/docs';

/** The section of the runbook with an anchor. */
export function runbookUrl(anchor: string): string {
  return `${DOCUMENTS}/runbook.md#${anchor}`;
}
