import { annotations } from './annotations';
import type { Answer, Attribute, Checksum, Values } from './attribute';
import { known } from './attribute';
import { expires, header, ignored, metadata } from './headers';
import { lockRow } from './lock';
import { tags } from './tags';
import {
  type AttributeFacts,
  type AttributeName,
  ATTRIBUTES,
  type IGNORED,
} from '../../contract/object-attributes';

/** The most usual first. */
export const ALGORITHMS = [
  'CRC64NVME',
  'CRC32',
  'CRC32C',
  'SHA256',
  'SHA1',
  'SHA512',
  'MD5',
  'XXHASH64',
  'XXHASH3',
  'XXHASH128',
] as const;

const checksum: Attribute<Checksum> = {
  of: (answer) => {
    const algorithm = ALGORITHMS.find((each) => answer[`Checksum${each}`] !== undefined);
    if (!algorithm) {
      return known();
    }
    const { ChecksumType: type } = answer;
    return known({ algorithm, ...(type && { type }), value: answer[`Checksum${algorithm}`]! });
  },
  keeps: () => true,
};

export const ROWS: { readonly [N in AttributeName]: Attribute<Values[N]> } = {
  contentType: header('ContentType'),
  cacheControl: header('CacheControl'),
  contentEncoding: header('ContentEncoding'),
  contentDisposition: header('ContentDisposition'),
  contentLanguage: header('ContentLanguage'),
  expires,
  metadata,
  tags,
  annotations,
  lock: lockRow,
  websiteRedirect: ignored('WebsiteRedirectLocation'),
  storageClass: ignored('StorageClass'),
  encryption: ignored('ServerSideEncryption'),
  checksum,
};

export const NAMES = Object.keys(ATTRIBUTES) as AttributeName[];

/** The attributes for which this holds. */
export function listAttributes(is: (facts: AttributeFacts) => boolean): AttributeName[] {
  return NAMES.filter((name) => is(ATTRIBUTES[name]));
}

type FieldsOf<N extends AttributeName> = N extends AttributeName
  ? keyof (typeof ATTRIBUTES)[N]['fields']
  : never;

/**
 * Does not compile if the SDK knows a field of an object that neither a row nor `IGNORED` names. A
 * new version of the SDK may bring one, and it must be decided what a copy does with it.
 */
export const UNNAMED_FIELDS: Readonly<
  Record<Exclude<keyof Answer, FieldsOf<AttributeName> | keyof typeof IGNORED>, never>
> = {};
