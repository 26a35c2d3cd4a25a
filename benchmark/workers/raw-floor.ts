import { createHash } from 'node:crypto';
import { isOfTheDay, listPages, sideBySide } from './listing';
import { encodeKey, signedHttp } from './signed-http';
import { BUCKET, DESTINATION, SOURCE } from '../dataset';

/**
 * The least that a move with conditions needs: signed requests on open connections, a copy per
 * object, a delete per thousand, no inspections.
 */
export async function rawFloor(endpoint: string, concurrency: number): Promise<void> {
  const send = signedHttp(endpoint, concurrency);
  for await (const page of listPages(send)) {
    const copied: { Key: string; Etag: string }[] = [];
    await sideBySide(page.filter(isOfTheDay), concurrency, async ({ Key, Etag }) => {
      const { status } = await send({
        method: 'PUT',
        path: `/${BUCKET}/${encodeKey(DESTINATION + Key.slice(SOURCE.length))}`,
        headers: {
          'if-none-match': '*',
          'x-amz-copy-source': `${BUCKET}/${encodeKey(Key)}`,
          'x-amz-copy-source-if-match': Etag,
        },
      });
      if (status === 200) {
        copied.push({ Key, Etag });
      }
    });
    if (copied.length === 0) {
      continue;
    }
    const objects = copied
      .map(
        ({ Key, Etag }) => `<Object><Key>${escape(Key)}</Key><ETag>${escape(Etag)}</ETag></Object>`,
      )
      .join('');
    const body =
      '<Delete ' +
      `xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects}</Delete>`;
    const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
    await send({ method: 'POST', path: `/${BUCKET}`, query: 'delete=', headers, body });
  }
}

function escape(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
