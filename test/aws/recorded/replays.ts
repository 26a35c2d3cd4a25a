import type { Replay } from './replay';
import { CONDITIONS } from './s3/conditions';
import { COPIES } from './s3/copies';
import { DELETES } from './s3/deletes';
import { LOCKS } from './s3/locks';
import { MULTIPART } from './s3/multipart';
import { OWNERS } from './s3/owners';
import type { S3Replay } from './s3/subject';
import { API_AND_EVENTS } from './step-functions/api';
import { LAMBDA } from './step-functions/lambda';
import { MAPS } from './step-functions/maps';
import type { StepFunctionsReplay } from './step-functions/subject';

export const S3_REPLAYS: S3Replay[] = [
  ...CONDITIONS,
  ...DELETES,
  ...MULTIPART,
  ...COPIES,
  ...LOCKS,
  ...OWNERS,
];
export const STEP_FUNCTIONS_REPLAYS: StepFunctionsReplay[] = [
  ...MAPS,
  ...LAMBDA,
  ...API_AND_EVENTS,
];
export const REPLAYS: Pick<Replay<never>, 'area' | 'file' | 'test' | 'rows'>[] = [
  ...S3_REPLAYS,
  ...STEP_FUNCTIONS_REPLAYS,
];
