/** Slips in policies outside of the app, which the message of the run tells. */
export interface DenialSlip {
  readonly slip: string;
  /** What S3 refuses. */
  readonly operations: readonly string[];
  readonly correction: RegExp;
}

export const DENIAL_SLIPS: readonly DenialSlip[] = [
  {
    slip: 'a policy that denies listing the source',
    operations: ['ListObjectsV2'],
    correction: /allow the action that was denied/,
  },
  {
    slip: 'a policy that denies reading the source or writing the archive',
    operations: ['CopyObject'],
    correction: /check the bucket policies/,
  },
  {
    slip: 'a policy that denies deleting at the source',
    operations: ['DeleteObjects'],
    correction: /s3:DeleteObject/,
  },
];
