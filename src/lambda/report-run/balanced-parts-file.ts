import type { S3Client } from '@aws-sdk/client-s3';
import type { LedgerPartRef } from '../../contract/payloads/ledger-line';
import type { Run } from '../../contract/payloads/run';
import { BALANCED_PARTS_NAME } from '../../contract/settings';
import { LinesFile } from '../plan/lines-file';
import type { BalancedParts } from '../verification/balanced-parts';

/**
 * Writes the list of the parts with which a run was balanced. It lies beside the report, because a ledger of a billion objects has a
 * million parts, and is written before it, so that whoever reads the report finds it. A retry writes it again.
 */
export class BalancedPartsFile {
  private readonly key: string;
  private readonly file: LinesFile;
  private parts = 0;
  private lines = 0;

  constructor(s3: S3Client, bucket: string, run: Pick<Run, 'reportPrefix'>) {
    this.key = `${run.reportPrefix}${BALANCED_PARTS_NAME}`;
    this.file = new LinesFile(s3, { Bucket: bucket, Key: this.key });
  }

  async add(part: LedgerPartRef): Promise<void> {
    this.parts += 1;
    this.lines += part.lines;
    await this.file.add(part);
  }

  /** An empty ledger has no list. */
  async close(): Promise<BalancedParts> {
    if (this.parts > 0) { await this.file.close(); }
    return { key: this.key, parts: this.parts, lines: this.lines };
  }
}
