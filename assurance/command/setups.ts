/** The archivers under attack: what the soak draws, chosen, and as flags of the command. */
import type { Setup } from '../soak/setup';

const PLAIN: Setup = {
  conflictPolicy: 'REPORT',
  date: { kind: 'objectName', format: 'yyyy-MM-dd' },
  layout: { format: 'yyyy/MM/dd/', flatten: false },
  source: { objectLock: false, kms: false },
  destinationPrefix: 'archive/',
  destinationKey: false,
  multipartThreshold: 200,
  ledgerPartLines: 7,
  batchSize: 10,
  maxConcurrency: 2,
  selective: false,
  packing: false,
};
const BUCKET = { objectLock: false, kms: false };

export const SETUPS: { readonly [name: string]: Setup } = {
  'the map lists': PLAIN,
  'a function lists': { ...PLAIN, selective: true, destination: BUCKET },
  packs: { ...PLAIN, selective: true, packing: true, ledgerPartLines: undefined },
  'renamed, versioned': {
    ...PLAIN,
    conflictPolicy: 'RENAME',
    layout: { format: 'yyyy/MM/', flatten: true },
    source: { ...BUCKET, versioning: 'Enabled' },
    destination: { ...BUCKET, versioning: 'Enabled' },
  },
};

/** For many objects: as the defaults are, apart from the class. */
export function enlarge(setup: Setup): Setup {
  return {
    ...setup,
    batchSize: setup.packing ? 1_000 : 500,
    ledgerPartLines: undefined,
    multipartThreshold: undefined,
  };
}

export function toFlags(setup: Setup): string[] {
  const { date, layout, batchSize, maxConcurrency } = setup;
  return [
    ...['--date-source', 'object-name', '--date-format', date.format],
    ...['--layout', layout.format],
    ...(layout.flatten ? ['--flatten'] : []),
    ...['--conflict-policy', setup.conflictPolicy.toLowerCase()],
    ...['--batch-size', String(batchSize), '--max-concurrency', String(maxConcurrency)],
    ...['--max-objects-per-second', '100000', '--tolerated-failure-percentage', '100'],
    ...(setup.selective ? ['--listing', 'selective', '--listing-concurrency', '3'] : []),
    ...(setup.packing ? ['--packing', '--max-object-size', '3KiB', '--max-pack-size', '1MiB'] : []),
  ];
}

export function toVariables({ multipartThreshold, ledgerPartLines }: Setup) {
  return {
    ...(multipartThreshold !== undefined && {
      MULTIPART_THRESHOLD_BYTES: String(multipartThreshold),
    }),
    ...(ledgerPartLines !== undefined && { LEDGER_PART_LINES: String(ledgerPartLines) }),
  };
}
