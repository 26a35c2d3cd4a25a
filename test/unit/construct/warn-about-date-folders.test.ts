import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { ArchiveLayout, DateSource, type S3DatedArchiverProps } from '../../../src';
import { build } from '../../helpers/synth';

function warningsOf(props: Partial<S3DatedArchiverProps>): string[] {
  const { stack } = build(props);
  return Annotations.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp('repeatedDateFolders'))
    .map(({ entry }) => String(entry.data));
}

test.each([
  [DateSource.keyPrefix('yyyy/MM/dd'), undefined, 'archive/yyyy/MM/dd/yyyy/MM/dd/'],
  [
    DateSource.objectKey('yyyy-MM-dd', "'year='yyyy'/month='MM'/day='dd"),
    ArchiveLayout.daily(),
    "archive/yyyy/MM/dd/'year='yyyy'/month='MM'/day='dd/",
  ],
])(
  'an archive that has the folders of a day twice is said at synth',
  (dateSource, layout, twice) => {
    expect(warningsOf({ dateSource, layout })).toEqual([
      expect.stringContaining(
        `as in ${twice}. Leave the folders of the key out with the option dropDateFolders, as ` +
          'in ArchiveLayout.daily({ dropDateFolders: true }). Its value false keeps both',
      ),
    ]);
  },
);

test.each<Partial<S3DatedArchiverProps>>([
  {},
  { dateSource: DateSource.keyPrefix('yyyy-MM-dd') },
  ...[{ dropDateFolders: true }, { dropDateFolders: false }, { flatten: true }].map((options) => ({
    dateSource: DateSource.keyPrefix('yyyy/MM/dd'),
    layout: ArchiveLayout.daily(options),
  })),
])('nothing is said where that is not so, or wanted', (props) => {
  expect(warningsOf(props)).toEqual([]);
});
