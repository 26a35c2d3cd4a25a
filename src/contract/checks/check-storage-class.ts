/**
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html (x-amz-storage-class)
 */
const STORAGE_CLASSES = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
  'REDUCED_REDUNDANCY',
];

/** With any other class, S3 would refuse every single copy. */
export function checkStorageClass(storageClass: string): void {
  if (STORAGE_CLASSES.includes(storageClass)) {
    return;
  }
  const meant = STORAGE_CLASSES.find(
    (known) => known === storageClass.toUpperCase().replace(/[^A-Z]+/g, '_'),
  );
  throw new Error(
    `storageClass "${storageClass}" is unknown: ` +
      `${meant === undefined ? `use one of ${STORAGE_CLASSES.join(', ')}` : `write ${meant}`}`,
  );
}
