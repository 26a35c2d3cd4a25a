/** What cdk-nag has to say about a resource. */
export interface NagFinding {
  readonly by: 'cdk-nag 2' | 'cdk-nag 3';
  readonly rule: string;
  readonly path: string;
  /** Whether the resource is an archiver's, rather than of the app around it. */
  readonly ours: boolean;
}
