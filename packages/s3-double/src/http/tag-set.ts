import { getChildren, getText, parseXml, type XmlNode } from './xml';
import { S3Error } from '../common/errors';
import type { Tags } from '../store/stored-object';

/** The tags in the body of a PutObjectTagging. */
export function parseTagSet(body: Buffer): Tags {
  const tagSet = parseXml(body, 'Tagging').TagSet;
  if (Array.isArray(tagSet) || tagSet === undefined) {
    throw new S3Error('MalformedXML');
  }
  const nodes: XmlNode[] = typeof tagSet === 'string' ? [] : getChildren(tagSet, 'Tag');
  return nodes.map((node) => [getText(node, 'Key') ?? '', getText(node, 'Value') ?? ''] as const);
}
