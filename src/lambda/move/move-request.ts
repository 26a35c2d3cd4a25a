import type {
  ArchivedFacts,
  ArchivedVersion,
  LedgerLine,
} from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import type { Notes } from '../../contract/payloads/note-payloads';
import type { ReasonCode } from '../../contract/payloads/reason-codes';
import type { SourceRestores } from '../../features/glacier/lambda/source-restores';
import type { Lock } from '../attributes/attribute';
import type { GivenAttributes } from '../attributes/given';
import type { BucketClient } from '../s3/bucket-client';

export interface MoveContext {
  readonly source: BucketClient;
  readonly destination: BucketClient;
  /** The source bucket has Object Lock: the lock of each object must be read and copied, too. */
  readonly sourceLocks: boolean;
  readonly conflictPolicy: 'REPORT' | 'RENAME';
  /** Undefined: STANDARD, as for CopyObject. */
  readonly storageClass?: string;
  /** What props give to copies. Of other attributes, they have what their sources have. */
  readonly given?: GivenAttributes;
  /** The lock that the destination bucket gives to new objects by itself. Asks once a round. */
  readonly getDefaultLock?: () => Promise<Lock>;
  /** How S3 restores sources in Glacier. Undefined: they fail. */
  readonly glacierSources?: SourceRestores;
  /** Undefined: the destination bucket's default encryption. */
  readonly destinationKeyArn?: string;
  /** The largest size that one request can copy. Larger objects can only be copied in parts. */
  readonly maxCopyBytes: number;
  /**
   * Larger objects are copied in parts because one request would take too long. At most
   * `maxCopyBytes`.
   */
  readonly multipartThreshold: number;
  /** Receives how long one request took. `isCutOff`: the end of the round ended it. */
  readonly onCopyTime?: (bytes: number, milliseconds: number, isCutOff: boolean) => void;
  /** Epoch milliseconds. */
  readonly runStart: number;
  /**
   * A new object at the destination need not be the copy: sources share destinations, as with a
   * flat layout, or packs have the objects.
   */
  readonly sharesDestinations?: boolean;
  /** Destinations are listed before objects are copied (`MoveRequest.isTaken`). */
  readonly looksFirst?: boolean;
  /** No listing has shown the sources: a ledger says that they were there. */
  readonly isRecorded?: boolean;
  /** Larger objects are not read to compare them. Default: no limit. */
  readonly maxBytesToRead?: number;
  /**
   * Counts the denied copies of the batch: how many the destination denied, and whether a source
   * may have caused any denial.
   */
  readonly denials?: { byDestination: number; isAnyOfSource: boolean };
}

export interface MoveRequest {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  readonly destination: string;
  /** The day of the object. Undefined: no retention is counted from it. */
  readonly day?: string;
  /** When the version was written, in epoch seconds, if that is known. */
  readonly lastModified?: number;
  /** The storage class of the source in a listing. */
  readonly sourceClass?: string;
  readonly restoredUntil?: ListedObject['RestoredUntil'];
  /**
   * A listing has shown an object at the destination. It is looked at before a copy is tried, which
   * S3 would refuse.
   */
  readonly isTaken?: boolean;
  /** Default: that of the context. */
  readonly storageClass?: string;
  /** If this is not the listed version: what describes it. */
  readonly rewritten?: RewrittenSource;
  /**
   * Returns where a version belongs that was written after the listing, unless the run does not
   * select it. Default: the same destination.
   */
  readonly reselect?: (
    version: RewrittenVersion,
  ) => { readonly destination: string; readonly day: string } | undefined;
}

/** The facts on which the selection of a version depends that was written after the listing. */
export interface RewrittenVersion {
  readonly lastModified: Date;
  readonly size: number;
}

/** The facts of a source that was written after the listing. */
export type RewrittenSource = Pick<LedgerLine, 'modified' | 'storageClass'> &
  Partial<Pick<LedgerLine, 'day'>>;

/** The copy is confirmed: the source may be deleted if it still has this ETag. */
export interface Copied {
  readonly status: 'copied';
  readonly destination: string;
  readonly etag: string;
  readonly size: number;
  readonly archived?: ArchivedFacts;
  readonly rewritten?: RewrittenSource;
  /** The destination held the object, and nothing was copied. */
  readonly isFound?: boolean;
}

/**
 * `source-gone`: another program deleted the source, and the archive does not have it.
 * `deselected`: rewritten, and not selected any more.
 */
export type MoveResult =
  | (Omit<Copied, 'status'> & {
      readonly status: 'archived';
      /** The source was not deleted, because sources are kept. */
      readonly isKept?: boolean;
      /** The source is gone, and only size and time speak for the copy. */
      readonly proof?: 'size';
    })
  | {
      readonly status: 'conflicting' | 'failed';
      readonly destination: string;
      readonly code: ReasonCode;
      readonly message: string;
      /** The cause lies in the setup. Writers of sources cannot cause it. */
      readonly isInSetup?: boolean;
      /**
       * The object is archived, and it is unknown whether the source is gone. Another attempt
       * checks.
       */
      readonly isUnanswered?: boolean;
      /** Notes on the object. */
      readonly notes?: Notes;
      /**
       * The version that is archived although the source has another one now. Default of its day:
       * the object's.
       */
      readonly earlier?: Omit<ArchivedVersion, 'day'> & Partial<Pick<ArchivedVersion, 'day'>>;
    }
  | { readonly status: 'source-gone' | 'deselected' };
