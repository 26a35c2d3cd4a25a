export interface Question {
  readonly question: string;
  /** Sections that answer it, as addresses relative to the site's root. */
  readonly answers: readonly string[];
}

/** Questions of users of other tools, in their words, each with the place where it was asked. */
export const QUESTIONS: readonly Question[] = [
  // aws/aws-cli #831
  {
    question: 'aws s3 mv lost files',
    answers: ['faq#can-it-lose-an-object', 'coming-from#from-aws-s3-mv'],
  },
  // aws/aws-cli #2874
  {
    question: 'do not overwrite existing files at the destination',
    answers: ['faq#can-it-overwrite-an-object'],
  },
  // peak/s5cmd #29, rclone/rclone #2375
  {
    question: 'copy objects larger than 5GB',
    answers: ['faq#does-it-copy-objects-larger-than-5-gb'],
  },
  // ministryofjustice/analytical-platform #7208
  {
    question: 'files were copied but not removed',
    answers: [
      'faq#what-if-a-run-stops-between-copy-and-delete-so-that-objects-are-copied-but-not-removed',
    ],
  },
  {
    question: 'job failed silently with access denied no notification',
    answers: ['faq#how-do-i-know-that-a-run-failed', 'runbook#access_denied'],
  },
  // cobbzilla/s3s3mirror #90, Altinity/clickhouse-backup #1255
  {
    question: '503 Slow Down please reduce your request rate',
    answers: ['runbook#slow_down', 'faq#what-happens-on-503-slowdown'],
  },
  // aws/aws-sdk-js #1821, generalui/s3p #53
  {
    question: 'keys with spaces plus sign and unicode characters',
    answers: ['faq#are-keys-with-spaces---or-unicode-characters-moved'],
  },
  // aws/aws-cli #652, peak/s5cmd #739
  {
    question: 'content-type and metadata lost after copy',
    answers: ['faq#are-metadata-content-type-and-tags-kept'],
  },
  // aws/aws-cdk #30573
  {
    question: 'lambda timeout 15 minutes moving many files',
    answers: ['faq#what-about-lambdas-15-minutes-and-step-functions-256-kb'],
  },
  // aws/aws-cdk #24799
  {
    question: 'step functions payload limit 256KB',
    answers: ['faq#what-about-lambdas-15-minutes-and-step-functions-256-kb'],
  },
  // aws-samples/aws-serverless-airline-booking #116
  {
    question: 'step functions cost too high per object',
    answers: ['faq#why-not-one-child-workflow-per-object', 'costs#costs-and-limits'],
  },
  // nasa/cumulus-orca #530, LBHackney-IT/Data-Platform #1530
  {
    question: 'KMS AccessDenied when copying encrypted objects',
    answers: ['runbook#kms_denied', 'faq#why-accessdenied-for-some-objects-only'],
  },
  // paradisec-archive/nabu #1268
  { question: 'too many alert emails', answers: ['faq#do-i-get-an-alert-email-for-each-object'] },
  // matomo-org/matomo #22342, dagster-io/dagster #7071
  { question: 'yesterday in which timezone', answers: ['faq#which-day-is-yesterday'] },
  // argoproj/argo-events #897, dagu-org/dagu #1180
  { question: 'backfill missed days', answers: ['runbook#backfill-and-catch-up'] },
  // aws/aws-cdk #28344
  {
    question: 'redrive a failed distributed map execution',
    answers: ['faq#can-a-failed-run-be-redriven', 'runbook#redrive-or-restart'],
  },
  // minio/mc #4693
  {
    question: 'undo a move, restore files to original location',
    answers: ['faq#can-i-undo-a-run'],
  },
  // rclone/rclone #1070
  {
    question: 'copy now delete source later',
    answers: ['recipes#copy-every-night-delete-a-week-later'],
  },
  // redpanda-data/connect #4733
  {
    question: 'SNS message does not show up in Slack chatbot',
    answers: ['recipes#alerts-in-slack-or-teams'],
  },
  // ministryofjustice/analytical-platform #6254
  {
    question: 'athena table hive partitions by date',
    answers: ['recipes#several-formats-three-days-at-a-time-for-athena'],
  },
  // minio/mc #3230
  {
    question: 'objects in Glacier cannot be copied',
    answers: ['faq#can-it-archive-objects-that-are-in-glacier'],
  },
  // pathosDev/actor-ts #1557, wellcomecollection/storage-service #1005
  {
    question: 'verify that the archive is complete and nothing is missing',
    answers: ['recipes#prove-the-archive'],
  },
  // aws/aws-cdk #35880
  {
    question: 'source bucket in another account or region',
    answers: ['faq#can-a-bucket-be-in-another-account-or-region'],
  },
  // peak/s5cmd #266, aws/aws-cli #4832
  { question: 'exclude files by pattern size or age', answers: ['filters#filters-and-globs'] },
  // peak/s5cmd #388, aws/aws-cli #1104
  {
    question: 'avoid listing the whole bucket',
    answers: ['faq#does-it-list-the-whole-bucket-every-night'],
  },
  {
    question: 'test without an AWS account',
    answers: [
      'sandbox/#cdk-s3-dated-archiver-sandbox',
      'recipes#run-your-own-archiver-without-aws',
    ],
  },
  { question: 'terraform', answers: ['faq#can-i-use-it-from-terraform'] },
  {
    question: 'lifecycle',
    answers: ['coming-from#from-s3-batch-operations-with-a-lifecycle-rule', '#when-not-to-use-it'],
  },
  { question: 'no email arrived', answers: ['faq#why-did-no-email-arrive'] },
  { question: 'uninstall', answers: ['faq#how-do-i-uninstall-it', 'leaving#how-to-leave'] },
  { question: 'upgrade', answers: ['faq#how-do-i-upgrade'] },
  {
    question: 'event driven',
    answers: [
      'faq#can-it-archive-each-object-when-it-arrives',
      'recipes#start-a-crawler-or-a-query-after-a-run',
    ],
  },
  // peak/s5cmd #750
  {
    question: 'small files',
    answers: [
      'faq#does-it-help-with-many-small-files',
      'recipes#small-files',
      'packing#packing-small-objects',
    ],
  },
  {
    question: 'zip',
    answers: [
      'faq#can-it-compact-or-zip-small-files',
      'packing#packing-small-objects',
      'packing#open-a-pack',
    ],
  },
  // aws-samples/s3-small-object-compaction #1
  {
    question: 'compaction of small objects',
    answers: ['faq#can-it-compact-or-zip-small-files', 'packing#packing-small-objects'],
  },
  {
    question: 'how to read one file of a pack',
    answers: ['faq#how-do-i-read-one-file-of-a-pack', 'packing#open-a-pack'],
  },
  { question: 'GDPR erase one object', answers: ['packing#erase-the-object-of-one-person-gdpr'] },
  {
    question: 'cloudfront logs',
    answers: [
      'faq#which-date-source-fits-cloudfront-alb-or-vpc-flow-logs',
      'producers#those-that-people-name-first',
    ],
  },
  {
    question: 'ALB access logs date format',
    answers: [
      'faq#which-date-source-fits-cloudfront-alb-or-vpc-flow-logs',
      'producers#those-that-people-name-first',
    ],
  },
  {
    question: 'vpc flow logs',
    answers: [
      'faq#which-date-source-fits-cloudfront-alb-or-vpc-flow-logs',
      'producers#those-that-people-name-first',
    ],
  },
  {
    question: 'kafka connect s3 sink partition by day',
    answers: ['producers#what-the-producer-can-do-itself', 'producers#data-and-builds'],
  },
  {
    question: 'why not an S3 lifecycle rule or S3 Batch Operations',
    answers: ['#when-not-to-use-it'],
  },
];
