/** The document of all pages. It needs no network and runs no scripts, and shows any key that S3 allows: the policy enforces this. */
import { keepDates } from './elements';
import { STYLE } from './style';
import { formatKey } from '../text/format';
import { html, type Html, type HtmlValue } from '../text/html';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export interface PageParts {
  readonly title: string;
  readonly archiver: string;
  readonly badges: ReadonlyArray<{ readonly text: string; readonly style: string }>;
  readonly heading: string;
  readonly lead: Html;
  readonly sections: readonly HtmlValue[];
  readonly footer: Html;
  readonly style?: Html;
}

export function renderDocument({ title, archiver, badges, heading, lead, sections, footer, style: ownStyle }: PageParts): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}${ownStyle}</style>
</head>
<body>
<header>
<p class="badges">${badges.map(({ text, style }) => html`<span class="verdict ${style}">${text}</span>`)}<span class="soft">${formatKey(archiver)}</span></p>
<h1>${keepDates(heading)}</h1>
${lead}
</header>
<main>
${sections}
</main>
${footer}
</body>
</html>
`.text;
}
