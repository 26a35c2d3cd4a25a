import { annotations } from './annotations';
import { buckets } from './buckets';
import { copies } from './copy';
import { deletes } from './deletes';
import { encryption } from './encryption';
import { keys } from './keys';
import { listing } from './listing';
import { locks } from './locks';
import { multipart } from './multipart';
import { policies } from './policies';
import { reads } from './reads';
import { requesterPays } from './requester-pays';
import { tagging } from './tagging';
import { versions } from './versions';
import { writes } from './writes';
import type { Check } from '../subject';

export const CHECKS: Record<string, Check[]> = {
  buckets,
  keys,
  listing,
  reads,
  writes,
  copies,
  deletes,
  multipart,
  tagging,
  versions,
  encryption,
  locks,
  annotations,
  policies,
  'requester pays': requesterPays,
};
