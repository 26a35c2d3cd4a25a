import { GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import { askUnlessDenied, type Attribute, type Entries, type ReadOnlyPlace } from './attribute';
import { areEqual, fromObject, toObject } from './headers';

/**
 * S3 says how many tags an object has only to those who may read them, so a missing count is not
 * known to be zero: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
export const tags: Attribute<Entries> = {
  of: () => 'ask',
  ask: (at) =>
    askUnlessDenied(async () => {
      const found = await listTags(at);
      return found.length > 0 ? found : undefined;
    }),
  keeps: areEqual,
  toInput: (value) => ({ fields: { Tagging: toQuery(value) } }),
  toJson: toObject,
  fromJson: fromObject,
};

/** @throws the error of a denial, too */
export async function listTags({ bucket, key }: ReadOnlyPlace): Promise<Entries> {
  const answer = await bucket.requestAbout(key, (s3) =>
    s3.send(new GetObjectTaggingCommand({ Bucket: bucket.name, Key: key })),
  );
  return (answer.TagSet ?? []).map(({ Key, Value }) => [Key!, Value!] as const);
}

/** The format of the parameter `Tagging`. */
export function toQuery(entries: Entries): string {
  return entries
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}
