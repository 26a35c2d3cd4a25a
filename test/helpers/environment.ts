import { Env } from '../../src/contract/settings';

/** The environment that the construct gives its handlers if `bucket` is the only prop. */
export const ENVIRONMENT: { readonly [name: string]: string } = {
  [Env.SOURCE_BUCKET]: 'data',
  [Env.SOURCE_PREFIX]: '',
  [Env.DESTINATION_BUCKET]: 'data',
  [Env.DESTINATION_PREFIX]: 'archive/',
  [Env.DATE_SOURCE]: JSON.stringify({ kind: 'objectName', formats: ['yyyy-MM-dd'] }),
  [Env.SELECTION]: JSON.stringify({ kind: 'daysAgo', days: 1 }),
  [Env.LAYOUT]: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: false }),
  [Env.TIME_ZONE]: 'UTC',
  [Env.MAX_OBJECTS_PER_SECOND]: '1500',
  [Env.TOLERATED_FAILURE_PERCENTAGE]: '0',
  [Env.CONFLICT_POLICY]: 'REPORT',
  [Env.REPORT_BUCKET]: 'reports',
  [Env.REPORT_PREFIX]: 'runs/',
  [Env.MAX_ROUNDS]: '20',
  [Env.ALERT_TOPIC_ARN]: 'arn:aws:sns:us-east-1:111122223333:alerts',
  [Env.ARCHIVER_NAME]: 'Stack/Archiver',
  [Env.BATCH]: JSON.stringify({ logGroup: '/logs/archive-batch', memoryMb: 1769, express: false }),
};
