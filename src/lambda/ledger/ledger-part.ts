import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { mergeLine } from './merge-lines';
import { LedgerLine } from '../../contract/payloads';
import type { BucketClient } from '../s3/bucket-client';
import { backOff } from '../s3/retry';
import { toS3Error } from '../s3/s3-error';

/** How often other attempts may write the part while this one does. Each of them writes it once or twice. */
const MAX_MERGES = 8;

/**
 * A part of the ledger: a JSON Lines file with one line for each of some objects.
 *
 * Each write has the condition that the part is what this process knows of it. So an invocation that still runs after
 * it was given up does not overwrite what a later one wrote. It reads that, and keeps the younger line of each object.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export class LedgerPart {
  private lines = new Map<string, LedgerLine>();
  private readonly removed = new Set<string>();
  private etag?: string;

  constructor(readonly key: string) {}

  /** Adds the lines, removes those of the keys, and writes the part. */
  async change(reports: BucketClient, added: Iterable<LedgerLine>, removed: Iterable<string> = []): Promise<void> {
    for (const line of added) { mergeLine(this.lines, line); }
    for (const key of removed) {
      this.lines.delete(key);
      this.removed.add(key);
    }
    for (let attempt = 0; ; attempt++) {
      // The SDK warns about an empty body. Readers of the ledger ignore a blank line.
      const body = Array.from(this.lines.values(), (line) => `${JSON.stringify(line)}\n`).join('') || '\n';
      try {
        return await this.put(reports, body);
      } catch (error) {
        const { kind } = toS3Error(error);
        if ((kind !== 'ambiguous' && kind !== 'missing') || attempt >= MAX_MERGES) { throw error; }
      }
      if (attempt > 0) { await backOff(reports.budget, attempt); }
      // An earlier write of ours may have succeeded although its answer was lost.
      if (await this.load(reports) === body) { return; }
    }
  }

  /** Reads the part, adds the lines that this process does not know, and returns the text. */
  async load(reports: BucketClient): Promise<string> {
    try {
      const { etag, text } = await reports.request(async (s3) => {
        const answer = await s3.send(new GetObjectCommand({ Bucket: reports.name, Key: this.key }));
        const chunks: Uint8Array[] = [];
        for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) { chunks.push(chunk); }
        return { etag: answer.ETag, text: Buffer.concat(chunks).toString() };
      });
      const merged = new Map<string, LedgerLine>();
      for (const line of [...parseJsonLines(text), ...this.lines.values()]) {
        if (!this.removed.has(line.key)) { mergeLine(merged, line); }
      }
      this.lines = merged;
      this.etag = etag;
      return text;
    } catch (error) {
      if (toS3Error(error).kind !== 'missing') { throw error; }
      this.etag = undefined;
      return '';
    }
  }

  getLines(): Iterable<LedgerLine> {
    return this.lines.values();
  }

  private async put(reports: BucketClient, Body: string): Promise<void> {
    const condition = this.etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: this.etag };
    const input = { Bucket: reports.name, Key: this.key, Body, ContentType: 'application/jsonl', ...condition };
    const answer = await reports.request((s3) => s3.send(new PutObjectCommand(input)));
    this.etag = answer.ETag;
  }
}

function parseJsonLines(text: string): LedgerLine[] {
  return text.split('\n').filter((line) => line !== '').map((line) => v.parse(LedgerLine, JSON.parse(line)));
}
