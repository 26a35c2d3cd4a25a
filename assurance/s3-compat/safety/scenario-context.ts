import * as assert from 'node:assert';
import type { S3Client } from '@aws-sdk/client-s3';
import { Archiver, type Setup } from './archiver';
import type { Feature } from './server-features';

/** An S3 server that scenarios run against. */
export interface ServerUnderTest {
  readonly endpoint: string;
  readonly s3: S3Client;
  readonly supports: ReadonlySet<Feature>;
}

export type Scenario = (context: ScenarioContext) => Promise<void>;

export interface CheckResult {
  readonly what: string;
  /** `void`: it does not hold, since the server lacks what it rests on. */
  readonly outcome: 'passed' | 'void' | 'failed';
  /** Of a void check: what the server lacks. Of a failed one: how. */
  readonly lacks?: Feature[];
  readonly failure?: string;
}

/** One scenario against one server. */
export class ScenarioContext {
  readonly checks: CheckResult[] = [];

  constructor(readonly server: ServerUnderTest, private readonly archivers: Map<string, Archiver>) {}

  /** An archiver with this set-up and empty buckets. */
  async archiver(setup: Setup = { name: 'plain' }): Promise<Archiver> {
    let archiver = this.archivers.get(setup.name);
    if (archiver) {
      await archiver.reset();
    } else {
      archiver = await Archiver.open(this.server.endpoint, this.server.s3, setup);
      this.archivers.set(setup.name, archiver);
    }
    return archiver;
  }

  /** Whether something holds; it need not where the server lacks one of `needs`. */
  async check(what: string, holds: () => void | Promise<void>, ...needs: Feature[]): Promise<void> {
    try {
      await holds();
      this.checks.push({ what, outcome: 'passed' });
    } catch (error) {
      const lacks = needs.filter((feature) => !this.server.supports.has(feature));
      this.checks.push(lacks.length > 0 ? { what, outcome: 'void', lacks } : { what, outcome: 'failed', failure: (error as Error).message });
    }
  }

  /** No content that was written is gone: it stands at its source, or somewhere in the archive. Contents have to be unequal. */
  async nothingLost(archiver: Archiver, written: Record<string, string>, ...needs: Feature[]): Promise<void> {
    const source = await archiver.contents('source');
    const archived = new Set(Object.values(await archiver.contents('destination')));
    await this.check('nothing is lost', () => {
      const lost = Object.entries(written).filter(([key, content]) => source[key] !== content && !archived.has(content));
      assert.deepStrictEqual(lost, []);
    }, ...needs);
  }

  /** All is in the archive under its own name and with its content, and nothing is left at the source. */
  async allArchived(archiver: Archiver, written: Record<string, string>, ...needs: Feature[]): Promise<void> {
    await this.check('all is archived, once and with its content', async () => {
      const expected = Object.fromEntries(Object.entries(written).map(([key, content]) => [key.replace('incoming/', 'archive/2026/11/24/'), content]));
      assert.deepStrictEqual(await archiver.contents('destination'), expected);
      assert.deepStrictEqual(await archiver.source(), []);
    }, ...needs);
  }

  /** What the last lines of the ledger say of each key is what stands there. */
  async ledgerHolds(archiver: Archiver, ...needs: Feature[]): Promise<void> {
    await this.check('what the ledger calls archived is archived', async () => {
      const archive = new Set(await archiver.archive());
      const archived = (await archiver.ledger()).filter(({ status }) => status === 'archived');
      assert.deepStrictEqual(archived.filter(({ destination }) => !archive.has(destination)), []);
    }, ...needs);
  }
}
