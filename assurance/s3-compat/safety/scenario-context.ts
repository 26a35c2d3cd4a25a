import * as assert from 'node:assert';
import type { S3Client } from '@aws-sdk/client-s3';
import { Archiver, type Setup } from './archiver';
import type { Feature } from './server-features';

/** Scenarios run against this S3 server. */
export interface ServerUnderTest {
  readonly endpoint: string;
  readonly s3: S3Client;
  readonly supports: ReadonlySet<Feature>;
}

export type Scenario = (context: ScenarioContext) => Promise<void>;

export interface CheckResult {
  readonly what: string;
  /**
   * `void` means that the check does not hold because the server lacks a feature that the check
   * needs.
   */
  readonly outcome: 'passed' | 'void' | 'failed';
  /**
   * A void check has `lacks`: the features that the server lacks. A failed check has `failure`: the
   * reason.
   */
  readonly lacks?: Feature[];
  readonly failure?: string;
}

/** This is one scenario against one server. */
export class ScenarioContext {
  readonly checks: CheckResult[] = [];

  constructor(
    readonly server: ServerUnderTest,
    private readonly archivers: Map<string, Archiver>,
  ) {}

  /** Returns an archiver with this setup and empty buckets. */
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

  /** Checks whether something holds. It may fail if the server lacks one of `needs`. */
  async check(what: string, holds: () => void | Promise<void>, ...needs: Feature[]): Promise<void> {
    try {
      await holds();
      this.checks.push({ what, outcome: 'passed' });
    } catch (error) {
      const lacks = needs.filter((feature) => !this.server.supports.has(feature));
      this.checks.push(
        lacks.length > 0
          ? { what, outcome: 'void', lacks }
          : { what, outcome: 'failed', failure: (error as Error).message },
      );
    }
  }

  /**
   * Checks that no written content is lost: it is at its source, or somewhere in the archive. The
   * contents must be unequal.
   */
  async nothingLost(
    archiver: Archiver,
    written: Record<string, string>,
    ...needs: Feature[]
  ): Promise<void> {
    const source = await archiver.contents('source');
    const archived = new Set(Object.values(await archiver.contents('destination')));
    await this.check(
      'nothing is lost',
      () => {
        const lost = Object.entries(written).filter(
          ([key, content]) => source[key] !== content && !archived.has(content),
        );
        assert.deepStrictEqual(lost, []);
      },
      ...needs,
    );
  }

  /**
   * Checks that every object is in the archive under its own name and with its content, and that
   * the source is empty.
   */
  async allArchived(
    archiver: Archiver,
    written: Record<string, string>,
    ...needs: Feature[]
  ): Promise<void> {
    await this.check(
      'all is archived, once and with its content',
      async () => {
        const expected = Object.fromEntries(
          Object.entries(written).map(([key, content]) => [
            key.replace('incoming/', 'archive/2026/11/24/'),
            content,
          ]),
        );
        assert.deepStrictEqual(await archiver.contents('destination'), expected);
        assert.deepStrictEqual(await archiver.source(), []);
      },
      ...needs,
    );
  }

  /** Checks that each object that the ledger calls archived exists in the archive. */
  async ledgerHolds(archiver: Archiver, ...needs: Feature[]): Promise<void> {
    await this.check(
      'what the ledger calls archived is archived',
      async () => {
        const archive = new Set(await archiver.archive());
        const archived = (await archiver.ledger()).filter(({ status }) => status === 'archived');
        assert.deepStrictEqual(
          archived.filter(({ destination }) => !archive.has(destination)),
          [],
        );
      },
      ...needs,
    );
  }
}
