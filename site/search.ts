/**
 * How the search ranks: https://lucaong.github.io/minisearch/. People type whole questions, so
 * words that every question has do not count, and pages for users come before those for
 * contributors.
 *
 * The browser gets the text of these functions, so that they must not use anything outside of them.
 */
export const miniSearch = {
  options: {
    processTerm: (term: string): string | null => {
      const word = term.toLowerCase();
      const ignored = new Set(
        (
          'a an and any are as at be been but by can could did do does for from get gets had ' +
          'has have how i if in into is it its many me my not of on or our please should so ' +
          'some ' +
          'that the their them then there these they this to too was we were what when where ' +
          'which while who why will with would you your'
        ).split(' '),
      );
      return ignored.has(word) ? null : word;
    },
  },
  searchOptions: {
    // Short words have too many neighbors.
    fuzzy: (term: string): number | boolean => (term.length > 5 ? 0.2 : false),
    prefix: (term: string): boolean => term.length > 2,
    boost: { title: 4, titles: 2, text: 1 },
    boostDocument: (id: string): number => {
      const page = id.replace(/^.*\/cdk-s3-dated-archiver\//, '/').replace(/#.*$/, '');
      if (
        /\/(results\/.*|decisions|changelog|contributing|benchmarks|architecture|aws-recorded|verify-aws(-details)?|compliance|code-of-conduct|versions|scale|sandbox\/(development|s3|fidelity))(\.html)?$/.test(
          page,
        )
      ) {
        return 0.4;
      }
      if (/\/api(\.html)?$/.test(page)) {
        return 0.6;
      }
      return /\/(faq|recipes|runbook)(\.html)?$/.test(page) ? 1.3 : 1;
    },
  },
};
