import { Annotations, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { inAppLanguage } from './places/app-code';
import type { Settings } from './props/settings';

export function warnAboutDateFolders(scope: Construct, { dateSource, layout, destination }: Pick<Settings, 'dateSource' | 'layout' | 'destination'>): void {
  const { formats } = dateSource._settings();
  const { format, flatten, dropDateFolders } = layout._settings();
  if (Token.isUnresolved(formats) || flatten || dropDateFolders !== undefined) { return; }
  // A format without a slash may be that of a folder or of a name.
  const folders = formats.find((each) => !Token.isUnresolved(each) && each.includes('/'));
  if (folders === undefined) { return; }
  const twice = Token.isUnresolved(format) || Token.isUnresolved(destination.prefix) ? '' : `, as in ${destination.prefix}${format}${folders}/`;
  Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:repeatedDateFolders',
    `dateSource finds the date in the folders of keys, and layout adds folders of the same day before them${twice}. `
    + `Leave the folders of the key out with the option dropDateFolders${inAppLanguage(', as in ', 'ArchiveLayout.daily({ dropDateFolders: true })')}. Its value false keeps both`);
}
