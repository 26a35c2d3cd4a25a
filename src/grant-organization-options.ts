/** Which archivers `S3DatedArchiver.grantOrganization()` lets use an archive, and where in it. */
export interface GrantOrganizationOptions {
  /**
   * The id of the organization in AWS Organizations, such as `o-exampleorgid`.
   *
   * `aws organizations describe-organization` tells it.
   *
   * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
   */
  readonly organizationId: string;

  /**
   * The prefix below which the archivers may write and read. It must end with `/` or be empty, and
   * the `destinationPrefix` of each archiver must be this prefix or one inside it.
   *
   * @default 'archive/'
   */
  readonly destinationPrefix?: string;
}
