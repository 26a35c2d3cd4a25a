/**
 * Which tests of whole archivers run with both ways to list. Most of them do not say how their
 * archivers list, so that they run once with the default, and once more with `Listing.selective()`,
 * without a change. both-listings.test.ts compares this list with the tests that there are.
 */

/** `npm test` runs these with both. */
export const FAST: readonly string[] = ['filter'];

/**
 * `npm run assurance` runs these with `Listing.selective()`. What cannot be the same is said there,
 * next to `listsByMap()`.
 */
export const SLOW: readonly string[] = [
  'calendar',
  'clock',
  'hours',
  'ledger-table',
  'logs',
  'messages/attributes',
  'messages/chat',
  'messages/explainer',
  'messages/report',
  'messages/slow/chat-markup',
  'messages/slow/hostile-keys',
  'messages/slow/lambda',
  'messages/slow/many-keys',
  'messages/slow/partitions',
  'messages/slow/s3',
  'messages/step-functions',
  'messages/unsent',
  'permissions',
  'restore',
  'retries',
  'shared-reports',
  'slow/alarms',
  'slow/denied-sources',
  'slow/dry-run-collisions',
  'slow/estimate',
  'slow/finish-batches',
  'slow/keep-sources',
  'slow/object-kinds',
  'slow/redrive',
  'slow/restore-copies',
  'slow/retention',
  'slow/verify',
  'undated',
  'verify',
];

/** These do not run twice, because: */
export const ONCE: Readonly<Record<string, string>> = {
  'slow/glacier-sources': 'compares both itself',
  'dead-letters': 'a run that did not start lists nothing',
  'object-annotations': 'about the attributes of objects, however they are listed',
  'via-service': 'about the use of keys, however a run lists',
  'slow/central-archive': 'has archivers of both',
  'slow/lost-reports': 'about what is left without reports, however a run listed',
  listing: 'compares both itself',
  manifest: 'only a function reads a manifest',
  'packing/packing': 'packing needs Listing.selective()',
  'slow/packs': 'about packs, which need Listing.selective()',
  'run-completed': 'about the end of a run, however it lists',
  'messages/broken-definition': 'breaks the reader and the batcher of a map that lists',
  'messages/restore-to-reports': 'about packs, which need Listing.selective()',
  'messages/input': 'a run whose input is refused lists nothing',
  'messages/ledger': 'about runs that read ledgers, not a listing',
  'messages/listing': 'about a function that lists',
  'messages/not-started': 'a run that did not start lists nothing',
  'messages/slow/print': 'writes a page, with messages of both',
  'slow/other-account': 'a map cannot list a bucket of another account or region',
  'examples/slow/logs-to-athena': 'about an example as it is',
  'examples/slow/run': 'runs examples as they are, some of which have Listing.selective()',
  'examples/slow/sabotage': 'checks the demo, not the archiver',
  'slow/pack-readers/pack-readers': 'about packs, which need Listing.selective()',
  'slow/both-ways': 'goes back and forth with both itself',
  'slow/slips/slips': 'about mistakes that have nothing to do with how an archiver lists',
  'slow/two-runs': 'two runs meet in their batches, which are the same with both',
  'slow/legacy-pipeline': 'compares with a pipeline whose map lists',
};
