import { CONDITIONS } from './s3/conditions';
import { COPIES } from './s3/copies';
import { DELETES } from './s3/deletes';
import { LOCKS } from './s3/locks';
import { MULTIPART } from './s3/multipart';
import type { S3Replay } from './s3/subject';

export const S3_REPLAYS: S3Replay[] = [...CONDITIONS, ...DELETES, ...MULTIPART, ...COPIES, ...LOCKS];
export const REPLAYS = [...S3_REPLAYS];
