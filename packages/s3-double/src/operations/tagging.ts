import { findObject } from './objects';
import type { Answer, Context } from '../http/context';
import { parseTagSet } from '../http/tag-set';
import { element, XML_HEADER, XMLNS } from '../http/xml';
import { checkTags } from '../objects/attributes';
import type { Tags } from '../store/stored-object';

export function getObjectTagging(context: Context): Answer {
  const { tags = [] } = findObject(context.store, context.request).attributes;
  const elements = tags.map(
    ([key, value]) => `<Tag>${element('Key', key)}${element('Value', value)}</Tag>`,
  );
  return {
    status: 200,
    headers: versionHeader(context),
    body: `${XML_HEADER}<Tagging ${XMLNS}><TagSet>${elements.join('')}</TagSet></Tagging>`,
  };
}

export function putObjectTagging(context: Context): Answer {
  setTags(context, checkTags(parseTagSet(context.request.body)));
  return { status: 200, headers: versionHeader(context) };
}

export function deleteObjectTagging(context: Context): Answer {
  setTags(context, undefined);
  return { status: 204, headers: versionHeader(context) };
}

/** Tags are changed in place: neither ETag nor Last-Modified nor version change. */
function setTags({ request, store }: Context, tags: Tags | undefined): void {
  const object = findObject(store, request);
  object.attributes = { ...object.attributes, tags };
}

function versionHeader({ request, store }: Context): Record<string, string> {
  return store.bucket(request.bucket).versioning
    ? { 'x-amz-version-id': findObject(store, request).versionId }
    : {};
}
