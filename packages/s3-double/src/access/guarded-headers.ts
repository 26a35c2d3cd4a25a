/**
 * Headers of HeadObject and GetObject that S3 leaves out where the caller may not read what they
 * say, by the operation that reads it alone: "the number of tags, if any, on the object, when you
 * have the relevant permission to read object tags" (page "HeadObject", "Response Elements").
 */
const GUARDED_HEADERS: Readonly<Record<string, string>> = {
  'x-amz-tagging-count': 'GetObjectTagging',
  'x-amz-object-lock-mode': 'GetObjectRetention',
  'x-amz-object-lock-retain-until-date': 'GetObjectRetention',
  'x-amz-object-lock-legal-hold': 'GetObjectLegalHold',
  'x-amz-object-lock-event-hold': 'GetObjectRetention',
  'x-amz-object-lock-event-hold-duration-days': 'GetObjectRetention',
  'x-amz-object-lock-event-hold-duration-years': 'GetObjectRetention',
};
const NAMES = Object.keys(GUARDED_HEADERS);

/** The headers of an answer that a caller may not see, given the operations that it may call. */
export function findSecretHeaders(
  headers: object,
  mayCall: (operation: string) => boolean,
): string[] {
  return NAMES.filter((name) => name in headers && !mayCall(GUARDED_HEADERS[name]!));
}
