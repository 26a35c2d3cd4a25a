import type { IncomingHttpHeaders } from 'node:http';

/** Names that only this machine has: RFC 6761 reserves `localhost` and what is below it. */
const LOOPBACK = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/**
 * Why a request on loopback must not be served, as a sentence; undefined if it may be. Any page
 * that a user visits can have the browser send requests to loopback: with a name of its own that
 * it lets resolve to 127.0.0.1 (DNS rebinding), which shows in the Host header, or with a form or a
 * script, which shows in the Origin header
 * (https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Origin). No SDK sends
 * Origin.
 */
export function refuseForeignOrigin({ host, origin }: IncomingHttpHeaders): string | undefined {
  if (!LOOPBACK.test((host ?? '').replace(/:\d+$/, ''))) {
    return (
      `The Host header of the request is ${quote(host)}, but this server is for this machine ` +
      'only: use http://127.0.0.1 or http://localhost in the URL.'
    );
  }
  const [, originsHost = ''] = /^https?:\/\/([^/]+?)(?::\d+)?$/.exec(origin ?? '') ?? [];
  return origin === undefined || LOOPBACK.test(originsHost)
    ? undefined
    : `The request comes from a page of ${quote(origin)} (Origin header), but this server is for ` +
        'pages and programs of this machine only.';
}

function quote(header: string | undefined): string {
  return header === undefined ? 'missing' : JSON.stringify(header);
}
