import type { AnySummary } from './summary-text';
import type { SkipReason } from '../../../../src/contract/payloads/outcomes';
import { readSettings } from '../../../../src/lambda/runtime/environment';
import { createSelector } from '../../../../src/lambda/selection/select-objects';
import { printable } from '../common/printable';
import type { Sandbox } from '../core/sandbox';

/** What the command reads in `report.json`, whose schema is docs/report.schema.json. */
interface Report {
  readonly dates: { readonly from: string | null; readonly to: string };
  readonly startedAt: string;
  readonly manifest?: object;
  readonly ledger?: { readonly bucket: string; readonly prefix: string };
}

/** The words of a line's status in a dry run, and in a run. */
const WOULD: Readonly<Record<string, string>> = {
  archived: 'would archive',
  restored: 'would restore',
  conflicting: 'would conflict',
  failed: 'would fail',
};

/** Yields a line for each object of the run's ledger: what became of it, and where it is. */
export async function* listMoves(
  sandbox: Sandbox,
  { report, dryRun }: AnySummary,
): AsyncGenerator<string> {
  if (!report) {
    return;
  }
  const { ledger } = JSON.parse(
    (await sandbox.objects.get(report.bucket, report.key)).toString('utf8'),
  ) as Report;
  if (!ledger) {
    return;
  }
  for await (const key of sandbox.objects.keys(ledger.bucket, ledger.prefix)) {
    const part = (await sandbox.objects.get(ledger.bucket, key)).toString('utf8');
    for (const line of part.split('\n').filter(Boolean)) {
      const {
        status,
        code,
        key: source,
        destination,
      } = JSON.parse(line) as { status: string; code?: string; key: string; destination: string };
      const what = `${dryRun ? (WOULD[status] ?? status) : status}${code ? ` (${code})` : ''}`;
      yield (
        `${what}  ` +
        `${status === 'restored' ? `${printable(destination)} -> ${printable(source)}` : `${printable(source)} -> ${printable(destination)}`}`
      );
    }
  }
}

/**
 * Why an object is not the run's. An object in the archive, or one that marks a folder, has no
 * text: no user waits for it to be archived.
 */
const SKIPPED: { readonly [reason in SkipReason]?: string } = {
  'no-date': 'no date in its key',
  'outside-window': 'of other days',
  filtered: 'left out by the filter',
};

/**
 * Yields a line for each object that a run of these days skips, and why, by the code of the
 * archiver itself.
 */
export async function* listSkipped(
  sandbox: Sandbox,
  { report, action }: AnySummary,
): AsyncGenerator<string> {
  if (!report || action !== 'archive') {
    return;
  }
  const { dates, startedAt, manifest } = JSON.parse(
    (await sandbox.objects.get(report.bucket, report.key)).toString('utf8'),
  ) as Report;
  // A list names what is looked at, and nothing else is.
  if (manifest) {
    return;
  }
  const settings = readSettings(sandbox.settings);
  const select = createSelector(settings, { ...dates, startTime: startedAt });
  for await (const object of sandbox.objects.list(settings.sourceBucket, settings.sourcePrefix)) {
    const selection = select(object);
    const why = selection.selected ? undefined : SKIPPED[selection.reason];
    if (why && !selection.selected) {
      yield (
        `skipped (${why}${selection.filter ? ` ${selection.filter}` : ''})  ` +
        `${printable(object.Key)}`
      );
    }
  }
}
