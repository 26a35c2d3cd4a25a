/**
 * Condition keys of S3 whose value, or absence, is known of every request. S3 has others: the age
 * of a signature, lists of tag keys, days that remain of a retention, keys of access points.
 */
export const S3_KEYS =
  /^s3:(prefix|delimiter|max-keys|annotation-prefix|max-annotation-results|versionid|authtype|signatureversion|if-match|if-none-match|objectcreationoperation|(existing|request)objecttag\/.+|object-lock-(mode|retain-until-date|legal-hold|event-hold|event-hold-duration-days)|x-amz-[a-z0-9-]+)$/;
