import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Functions } from '../functions/functions';
import type { Place } from '../places/place';
import type { Settings } from '../props/settings';

export interface DefinitionProps {
  readonly settings: Settings;
  readonly reports: Place;
  readonly functions: Functions;
  readonly alertTopic: sns.ITopic;
  readonly chatTopic?: sns.ITopic;
}
