import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { getArchivedVersions, isMoved, keepLines } from './merge-lines';
import { LedgerLine } from '../../contract/payloads/ledger-line';
import type { BucketClient } from '../s3/bucket-client';
import { backOff } from '../s3/retry';
import { toS3Error } from '../s3/s3-error';
import { parseJsonLines, toJsonLines } from '../text/json';

/**
 * How often other attempts may write the part while this one does. Each of them writes it once or
 * twice.
 */
const MAX_MERGES = 8;

/** A write of a part. */
export interface WrittenPart {
  readonly etag: string;
  readonly lines: number;
}

/**
 * A part of the ledger: a JSON Lines file with the lines of some objects. Each write has the
 * condition that the part is what this process knows of it: an invocation that was given up and
 * still runs reads what a later one wrote, and keeps it next to its own lines. Each write gives the
 * part an ETag that it never had: what an invocation sent before it died, and S3 has not executed
 * yet, fails after the next write.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export class LedgerPart {
  private others: LedgerLine[] = [];
  private readonly own = new Map<string, LedgerLine>();
  /** Lines of this process, by their text, that it has replaced since. */
  private readonly replaced = new Set<string>();
  /**
   * Lines that said archived, until the delete turned out otherwise. It may have been executed, so
   * their versions stay in what replaces them.
   */
  private readonly doubted = new Map<string, LedgerLine[]>();
  private readonly removed = new Set<string>();
  /**
   * Lines as they were written, so that a part that is written several times converts each line
   * once.
   */
  private readonly texts = new Map<LedgerLine, string>();
  private text = '';

  /** Its writes follow each other. */
  private turn: Promise<unknown> = Promise.resolve();

  etag?: string;
  isWrittenByOthers = false;

  constructor(readonly key: string) {}

  has(key: string): boolean {
    return this.own.has(key);
  }

  get lines(): LedgerLine[] {
    const others = this.others.filter(
      (line) => !this.removed.has(line.key) || getArchivedVersions(line).length > 0,
    );
    // Nearly every part is written by one attempt, with one line for each object.
    if (others.length === 0 && this.doubted.size === 0) {
      return [...this.own.values()];
    }
    const own = [...this.own.values()].flatMap((line) => [
      ...(this.doubted.get(line.key) ?? []),
      line,
    ]);
    return keepLines([...others, ...own]);
  }

  change(
    reports: BucketClient,
    added: Iterable<LedgerLine>,
    removed: Iterable<string> = [],
  ): Promise<WrittenPart> {
    const change = this.turn.then(() => this.write(reports, added, removed));
    this.turn = change.catch(() => undefined);
    return change;
  }

  private async write(
    reports: BucketClient,
    added: Iterable<LedgerLine>,
    removed: Iterable<string>,
  ): Promise<WrittenPart> {
    for (const line of added) {
      this.forget(line.key);
      this.own.set(line.key, line);
    }
    for (const key of removed) {
      this.forget(key);
      this.own.delete(key);
      this.removed.add(key);
    }
    for (let attempt = 0; ; attempt++) {
      const { lines } = this;
      const body = this.toBody(lines);
      try {
        return { etag: await this.put(reports, body), lines: lines.length };
      } catch (error) {
        const { kind } = toS3Error(error);
        if ((kind !== 'ambiguous' && kind !== 'missing') || attempt >= MAX_MERGES) {
          throw error;
        }
      }
      if (attempt > 0) {
        await backOff(reports.budget, attempt);
      }
      // An earlier write of ours may have succeeded although its answer was lost.
      if ((await this.load(reports)) === body) {
        return { etag: this.etag!, lines: lines.length };
      }
      this.isWrittenByOthers = true;
    }
  }

  async load(reports: BucketClient): Promise<string> {
    const { etag, text } = await reports
      .request(async (s3) => {
        const answer = await s3.send(new GetObjectCommand({ Bucket: reports.name, Key: this.key }));
        return { etag: answer.ETag, text: await answer.Body!.transformToString() };
      })
      .catch((error: unknown) => {
        if (toS3Error(error).kind !== 'missing') {
          throw error;
        }
        return { etag: undefined, text: '' };
      });
    // Compared as they were written: what is parsed has its fields in the order of the schema.
    const ours = new Set(Array.from(this.own.values(), (line) => this.toText(line)));
    const others = text
      .split('\n')
      .map((line) => `${line.trimEnd()}\n`)
      .filter((line) => ![ours, this.replaced].some((known) => known.has(line)));
    this.others = v.parse(v.array(LedgerLine), parseJsonLines(others.join('')));
    this.etag = etag;
    this.text = text;
    return text;
  }

  /** Takes back a line of this process that was never true. The next write leaves it out. */
  retract(key: string): void {
    this.forget(key);
    this.own.delete(key);
    this.doubted.delete(key);
  }

  private forget(key: string): void {
    const before = this.own.get(key);
    if (!before) {
      return;
    }
    this.replaced.add(this.toText(before));
    if (isMoved(before.status)) {
      this.doubted.set(key, [...(this.doubted.get(key) ?? []), before]);
    }
  }

  private async put(reports: BucketClient, Body: string): Promise<string> {
    const condition = this.etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: this.etag };
    const input = {
      Bucket: reports.name,
      Key: this.key,
      Body,
      ContentType: 'application/jsonl',
      ...condition,
    };
    const answer = await reports.request((s3) => s3.send(new PutObjectCommand(input)));
    this.etag = answer.ETag!;
    this.text = Body;
    return this.etag;
  }

  /**
   * The SDK warns about an empty body. ETags must never repeat, so each text has one space, or one
   * blank line, more than the one before.
   */
  private toBody(lines: readonly LedgerLine[]): string {
    const text = lines.map((line) => this.toText(line)).join('');
    const padding = this.text.length - this.text.trimEnd().length;
    return text === '' ? '\n'.repeat(padding + 1) : `${text.slice(0, -1)}${' '.repeat(padding)}\n`;
  }

  private toText(line: LedgerLine): string {
    const text = this.texts.get(line) ?? toJsonLines([line]);
    this.texts.set(line, text);
    return text;
  }
}
