import type { AnySummary } from './summary-text';
import { printable } from '../common/printable';
import type { Sandbox } from '../core/sandbox';

/** What the command reads in `report.json`, whose schema is docs/report.schema.json. */
interface Report {
  readonly ledger?: { readonly bucket: string; readonly prefix: string };
}

/** The words of a line's status in a dry run, and in a run. */
const WOULD: Readonly<Record<string, string>> = { archived: 'would archive', restored: 'would restore', conflicting: 'would conflict', failed: 'would fail' };

/** Yields a line for each object of the run's ledger: what became of it, and where it is. */
export async function* listMoves(sandbox: Sandbox, { report, dryRun }: AnySummary): AsyncGenerator<string> {
  if (!report) { return; }
  const { ledger } = JSON.parse((await sandbox.objects.get(report.bucket, report.key)).toString('utf8')) as Report;
  if (!ledger) { return; }
  for await (const key of sandbox.objects.keys(ledger.bucket, ledger.prefix)) {
    const part = (await sandbox.objects.get(ledger.bucket, key)).toString('utf8');
    for (const line of part.split('\n').filter(Boolean)) {
      const { status, code, key: source, destination } = JSON.parse(line) as { status: string; code?: string; key: string; destination: string };
      const what = `${dryRun ? WOULD[status] ?? status : status}${code ? ` (${code})` : ''}`;
      yield `${what}  ${status === 'restored' ? `${printable(destination)} -> ${printable(source)}` : `${printable(source)} -> ${printable(destination)}`}`;
    }
  }
}
