import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { S3Error } from '../common/errors';

export const XML_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n';
export const XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

// eslint-disable-next-line no-control-regex -- control characters are what must be escaped
const TO_ESCAPE = /[&<>"\u0000-\u001f\u007f-\u009f\u2028\ufffe\uffff]/g;
// eslint-disable-next-line no-control-regex -- as above
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

const NAMED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Control characters become references, even those that XML 1.0 has no place for: S3's listings do
 * so too.
 */
export function escapeXml(text: string): string {
  return text.replace(TO_ESCAPE, (char) => NAMED[char] ?? `&#x${char.charCodeAt(0).toString(16)};`);
}

export function element(name: string, value: string | number | boolean | undefined): string {
  return value === undefined
    ? ''
    : `<${name}>${typeof value === 'string' ? escapeXml(value) : value}</${name}>`;
}

/** Text that an XML 1.0 document cannot carry, not even as a reference. */
export function isXmlIllegal(text: string): boolean {
  return ILLEGAL.test(text);
}

const parser = new XMLParser({
  trimValues: false,
  parseTagValue: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  htmlEntities: false,
  processEntities: false,
  isArray: (name) => ['Object', 'Part', 'Tag'].includes(name),
});

export type XmlNode = { [name: string]: string | XmlNode | XmlNode[] };

/**
 * The document's root element, which must have the given name. Values are still escaped: see
 * `textOf`.
 */
export function parseXml(body: Buffer, root: string): XmlNode {
  const text = body.toString('utf8');
  if (XMLValidator.validate(text) !== true) {
    throw new S3Error('MalformedXML');
  }
  const node = (parser.parse(text) as XmlNode)[root];
  if (node === undefined || Array.isArray(node)) {
    throw new S3Error('MalformedXML');
  }
  return typeof node === 'string' ? {} : node;
}

/** An element's text; undefined if there is none. */
export function getText(node: XmlNode, name: string): string | undefined {
  const value = node[name];
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== 'string') {
    throw new S3Error('MalformedXML');
  }
  return value.includes('&') ? unescapeXml(value) : value;
}

export function getChildren(node: XmlNode, name: string): XmlNode[] {
  const children = node[name] ?? [];
  if (!Array.isArray(children)) {
    throw new S3Error('MalformedXML');
  }
  return children.map((child) => (typeof child === 'string' ? {} : child));
}

/** A child element that has elements of its own. */
export function getChild(node: XmlNode, name: string): XmlNode {
  const child = node[name];
  if (child === undefined || typeof child === 'string' || Array.isArray(child)) {
    throw new S3Error('MalformedXML');
  }
  return child;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&([^;]*);?/g, (_, name: string) => {
    const code = /^#(?:x([0-9a-f]+)|([0-9]+))$/i.exec(name);
    const char = code
      ? String.fromCodePoint(code[1] ? parseInt(code[1], 16) : parseInt(code[2], 10))
      : ENTITIES[name];
    if (char === undefined) {
      throw new S3Error('MalformedXML');
    }
    return char;
  });
}
