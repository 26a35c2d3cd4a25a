/** A finding of cdk-nag about a resource. */
export interface NagFinding {
  readonly by: 'cdk-nag 2' | 'cdk-nag 3';
  readonly rule: string;
  readonly path: string;
  /** Whether the resource belongs to an archiver, and not to the app around it. */
  readonly ours: boolean;
}
