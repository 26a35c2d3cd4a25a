/**
 * The type of the metadata in a cloud assembly that say what a resource outside of its templates
 * must allow.
 */
export const RESOURCE_POLICY_METADATA = 'cdk-s3-dated-archiver:resourcePolicy';

export interface ResourcePolicyMetadata {
  readonly resource: string;
  readonly account?: string;
  readonly region?: string;
  /** The statements that its policy must have for the archiver. Unset: they are not known. */
  readonly statements?: object[];
}
