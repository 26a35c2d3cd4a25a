/**
 * What this project waits for AWS to tell. Each statement in sources and pages that rests on such
 * an answer is marked: `only AWS can tell: ID`, in a page as a comment.
 */

export interface Awaited {
  /** What marks name. */
  readonly id: string;
  readonly question: string;
  /** What is right whichever way AWS behaves, or what the doubles assume. */
  readonly meanwhile: string;
  /** The rows of `verify:aws` that look at it. */
  readonly rows: readonly string[];
  /** Why no row asks, or what the rows cannot ask. */
  readonly notAsked?: string;
}

export const AWAITED: readonly Awaited[] = [
  {
    id: 'empty-listing',
    question: 'what a Distributed Map with a ResultWriter puts out if there is nothing to list',
    meanwhile: 'the output may lack `ResultWriterDetails`; the sandbox lets the map succeed',
    rows: ['nothing to list: a clean run, and what the map puts out'],
  },
  {
    id: 'empty-file',
    question: 'what a Distributed Map does with an empty file of JSON Lines',
    meanwhile: 'no run hands it one: a plan without parts has a line that says so',
    rows: [],
    notAsked: 'the archiver never does it',
  },
  {
    id: 'empty-prefix',
    question: 'whether the item reader accepts an empty `Prefix`',
    meanwhile:
      'a reader of the whole bucket has no `Prefix`; if one from a parameter is refused, the message says so',
    rows: ['a prefix that only the deployment knows, and that is empty'],
  },
  {
    id: 'query-names',
    question: 'which characters the names of saved queries of Logs Insights may have',
    meanwhile: 'ours have no `:` and no `*`',
    rows: ['a prefix that only the deployment knows, and that is empty'],
  },
  {
    id: 'failed-child',
    question: 'which fields the ResultWriter writes of a failed child, above all its input',
    meanwhile: 'ReportRun asks `DescribeExecution` for an input that is missing',
    rows: ['a batch that fails as a whole: the record of its child'],
  },
  {
    id: 'list-executions',
    question: 'whether ListExecutions of a Map Run needs the state machine as a resource',
    meanwhile: 'the role has both',
    rows: ['a batch that fails as a whole: the record of its child'],
    notAsked: 'a role with one of the two only: the archiver has no such role',
  },
  {
    id: 'redrive-history',
    question:
      'whether a redriven execution enters its state once more in the history, and what its result files are called',
    meanwhile: 'files are found in the manifest, and no code counts those events',
    rows: [
      'a map run fails, its cause is removed, and a redrive archives the rest: the ledger balances',
    ],
  },
  {
    id: 'map-permissions',
    question:
      'with which error a Distributed Map fails whose role may not start or redrive children',
    meanwhile: 'the sandbox says `States.Permissions`; any error is explained',
    rows: [],
    notAsked: 'the role of an archiver may do both',
  },
  {
    id: 'batch-bytes',
    question: 'whether `MaxInputBytesPerBatch` includes `BatchInput`',
    meanwhile: 'a batch leaves 32 KiB of the quota for it',
    rows: [],
    notAsked: 'both ways are below the quota, so no answer would differ',
  },
  {
    id: 'conditional-policies',
    question:
      'whether a bucket policy that demands conditional writes lets conditional copies pass: two pages of S3 disagree',
    meanwhile: 'what S3 refuses fails with a reason, and stays at its source',
    rows: ['a bucket policy that demands conditional writes: small and in parts'],
  },
  {
    id: 'bulk-delete',
    question: 'whether DeleteObjects keeps to the ETag of each key, and how it says so',
    meanwhile: 'documented; [conformance.md](results/conformance.md) has which servers do',
    rows: ['the conditions that everything rests on'],
  },
  {
    id: 'slow-down',
    question: 'how S3 slows down: `SlowDown` as an error of a key, and at which rate',
    meanwhile: 'both answers lower the rate',
    rows: ['load: many objects with the selective listing'],
    notAsked: 'nobody can make S3 slow down; the row notes how often it answered with 5xx',
  },
  {
    id: 'poller-trust',
    question: 'whether Lambda states `aws:SourceAccount` when it polls a queue with a role',
    meanwhile: 'the trust of ExplainFailure has no condition',
    rows: [
      'a schedule that may start nothing: the dead letter reaches the function, and a message arrives',
    ],
    notAsked: 'the role with the condition: without the answer, the stack could not be created',
  },
  {
    id: 'event-hold',
    question:
      'whether a bypass of governance deletes what follows a released event hold, and in which mode S3 retains it',
    meanwhile: 'the clean-up of `verify:aws` says what is left, and until when',
    rows: ['locks: an event hold goes with its object'],
    notAsked: 'a hold without a duration: it might stay for as long as nobody knows',
  },
  {
    id: 'annotations',
    question:
      'whether the answer to ListObjectAnnotations has a header ETag, and what a region without annotations answers',
    meanwhile: '405 and 501 count as "none"; any other error keeps the object at its source',
    rows: ['locks: a copy in parts has the annotation of its object'],
    notAsked: 'the second half is answered only where annotations are not available',
  },
  {
    id: 'annotation-price',
    question: 'what ListObjectAnnotations costs: the price list does not name it',
    meanwhile: 'estimates take the price of a LIST, the higher one of two',
    rows: [],
    notAsked: 'only a bill says so',
  },
  {
    id: 'glacier',
    question:
      'how long and how many restores S3 takes, and the error for Expedited and DEEP_ARCHIVE',
    meanwhile: 'the archiver never asks for that pair; the double takes the typical times',
    rows: [],
    notAsked: 'a restore takes hours',
  },
  {
    id: 'alarm-periods',
    question: 'from how many periods before those of an alarm CloudWatch takes values',
    meanwhile: 'the alarms are right for 0, 2 and 5 (a test)',
    rows: ['objects fail: the metric, and the alarm that fires'],
    notAsked: 'the row sees that an alarm fires; a day without data would take a day',
  },
  {
    id: 'athena',
    question: 'whether Athena takes the SQL of the saved queries and the tables',
    meanwhile: 'DuckDB answers them, on the files that Athena would read',
    rows: ['athena: each saved query answers what the runs did'],
  },
  {
    id: 'regions',
    question: 'whether a region has everything that the archiver needs',
    meanwhile: '[regions.md](regions.md) has what AWS documents',
    rows: [
      'smoke: a day is archived, whatever its names have in them',
      'smoke: a schedule starts a run, which archives yesterday',
    ],
  },
  {
    id: 'stack-sets',
    question:
      'whether a StackSet takes the template of the recipe, with code in a bucket of another account',
    meanwhile: 'its template has what StackSets refuses in none of its parts (a test)',
    rows: [],
    notAsked: 'it needs an organization and two accounts',
  },
  {
    id: 'emulator',
    question: 'how AWS Emulator differs from AWS',
    meanwhile: '[emulators.md](emulators.md) has what its pages say; nobody here has tried it',
    rows: [],
    notAsked: '`verify:aws --endpoint` plays the rows against it',
  },
];

export function renderAwaited(): string {
  return [
    '## What only AWS can tell\n',
    'Everything that this project waits for AWS to tell. Code is written so that it is right ' +
      'whichever way AWS behaves, or says so. `npm run verify:aws` ([verify-aws.md](verify-aws.md)) ' +
      'has the rows. A test finds each of them among the scenarios, and each marked statement of ' +
      'sources and pages in this table.\n',
    '| What | Meanwhile | Row of `verify:aws` |',
    '|---|---|---|',
    ...AWAITED.map(({ question, meanwhile, rows, notAsked }) => {
      const asked = rows.map((row) => `*${row}*`).join('; ');
      const none = notAsked && (asked ? `. Not asked: ${notAsked}` : `None: ${notAsked}`);
      return `| ${question} | ${meanwhile} | ${asked}${none ?? ''} |`;
    }),
    '',
  ].join('\n');
}
