import type { IncomingHttpHeaders } from 'node:http';
import type { Body } from './body';
import type { Attributes } from './stored-object';
import type { ChecksumAlgorithm, ChecksumType } from '../checksums/checksums';

export interface Part {
  readonly number: number;
  readonly body: Body;
  readonly lastModified: number;
}

/** A multipart upload under way. */
export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiated: number;
  /** Of the request that created it. */
  readonly headers: IncomingHttpHeaders;
  readonly attributes: Attributes;
  readonly checksumAlgorithm: ChecksumAlgorithm;
  readonly checksumType: ChecksumType;
  readonly parts: Map<number, Part>;
  /** Whether its key was written or deleted since it began. */
  disturbed?: boolean;
}
