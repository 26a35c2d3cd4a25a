/**
 * Makes GitHub's anchor of a heading: lower case, no punctuation, hyphens for spaces, and a number
 * if there are several.
 */
export class Slugs {
  private readonly seen = new Map<string, number>();

  of(heading: string): string {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    const count = this.seen.get(slug) ?? 0;
    this.seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  }
}
