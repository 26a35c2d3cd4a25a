import type { Settings } from '../../src/contract/payloads/settings';
import { readSettings } from '../../src/lambda/runtime/environment';

/** The environment that the construct gives its handlers if `bucket` is the only prop. */
export const ENVIRONMENT: { readonly [name: string]: string } = {
  SOURCE_BUCKET: 'data',
  SOURCE_PREFIX: '',
  DESTINATION_BUCKET: 'data',
  DESTINATION_PREFIX: 'archive/',
  DATE_SOURCE: JSON.stringify({ kind: 'objectName', formats: ['yyyy-MM-dd'] }),
  SELECTION: JSON.stringify({ kind: 'daysAgo', days: 1 }),
  LAYOUT: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: false }),
  TIME_ZONE: 'UTC',
  MAX_OBJECTS_PER_SECOND: '1500',
  TOLERATED_FAILURE_PERCENTAGE: '0',
  CONFLICT_POLICY: 'REPORT',
  REPORT_BUCKET: 'reports',
  REPORT_PREFIX: 'runs/',
  MAX_ROUNDS: '20',
  BATCH_SIZE: '1000',
  ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:alerts',
  ARCHIVER_NAME: 'Stack/Archiver',
  BATCH: JSON.stringify({ logGroup: '/logs/archive-batch', memoryMb: 1769 }),
};

/** The environment of an archiver from `in/` of one bucket to another one. */
export const TWO_BUCKETS: typeof ENVIRONMENT = {
  ...ENVIRONMENT,
  SOURCE_BUCKET: 'source',
  SOURCE_PREFIX: 'in/',
  DESTINATION_BUCKET: 'archive',
  MAX_ROUNDS: '100',
};

export function testSettings(more: Partial<Settings> = {}): Settings {
  return { ...readSettings(ENVIRONMENT), ...more };
}
