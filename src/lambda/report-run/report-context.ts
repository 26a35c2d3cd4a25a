import type { S3Client } from '@aws-sdk/client-s3';
import type { Settings } from '../../contract/payloads/settings';
import type { Clock } from '../s3/retry';

export interface ReportContext {
  readonly s3: S3Client;
  readonly clock: Clock;
  readonly settings: Settings;
}
