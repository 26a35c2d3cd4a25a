import { Annotations, Token } from 'aws-cdk-lib';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { getIntervalHours } from '../../../construct/monitoring/alarms';
import { inAppLanguage } from '../../../construct/places/annotations';
import type { Settings } from '../../../construct/props/settings';
import { getMaxRestoreUsd } from '../../../contract/restore-prices';

/**
 * S3 restores an object of DEEP_ARCHIVE within this number of hours. EXPEDITED is for GLACIER only.
 */
const RESTORE_HOURS = { Expedited: 1, Standard: 12, Bulk: 48 };

/**
 * Warns where no later run archives what a run has restored: none selects its day again, or none
 * comes in time.
 */
export function warnAboutRestoredSources(
  scope: Construct,
  { glacierSources, selection }: Settings,
  schedule?: ScheduleExpression,
): void {
  const interval = schedule && getIntervalHours(schedule);
  const { kind, days } = selection._settings();
  if (!glacierSources || interval === undefined || Token.isUnresolved(days)) {
    return;
  }
  const warn = (problem: string) =>
    Annotations.of(scope).addWarningV2(
      'cdk-s3-dated-archiver:restoredSources',
      'glacierSources has S3 restore objects, which S3 bills, and no later run would archive ' +
        `them: ${problem}`,
    );
  const hours = RESTORE_HOURS[glacierSources.tier];
  // The first run that selects a day may come an interval after its end. It asks some time after it
  // began, so a run just these hours later is too early.
  const needed = Math.ceil(((2 + Math.floor(hours / interval)) * interval) / 24);
  if (kind !== 'olderThan' && (kind === 'lastDays' ? days : 1) < needed) {
    warn(
      `a restore with tier ${glacierSources.tier} may take ${hours} hours, and selection has ` +
        'left the days of the objects by then. ' +
        `Select their days again${inAppLanguage(', as in ', `DateSelection.lastDays(${needed})`)}`,
    );
  } else if (!Token.isUnresolved(glacierSources.days) && glacierSources.days * 24 < interval) {
    warn(
      `they can be read for ${glacierSources.days} days, and the next run may come after ` +
        `${interval / 24} days. Raise days of GlacierSources.restoreFirst()`,
    );
  }
}

/** The cost of restores per run, in us-east-1 dollars, above which synthesis warns. */
const NOTABLE_USD = 100;

/** Warns if scheduled runs may spend much on restores. */
export function warnAboutRestoreCosts(
  scope: Construct,
  { glacierSources, selection }: Settings,
  schedule?: ScheduleExpression,
): void {
  if (!glacierSources) {
    return;
  }
  const { tier, maxObjects, maxBytes } = glacierSources;
  if (tier === 'Expedited') {
    Annotations.of(scope).addWarningV2(
      'cdk-s3-dated-archiver:expeditedRestores',
      'RetrievalTier.EXPEDITED costs $10 for 1,000 objects in us-east-1, 200 times as much as ' +
        'STANDARD. S3 has it for objects in GLACIER only, and not at all times. A later run ' +
        'archives the objects anyway: use RetrievalTier.STANDARD or BULK, or acknowledge this ' +
        'warning',
    );
  }
  const isUnknown = [tier, maxObjects, maxBytes].some((value) => Token.isUnresolved(value));
  if (isUnknown || !schedule || selection._settings().kind !== 'olderThan') {
    return;
  }
  const usd = getMaxRestoreUsd(tier, maxObjects, maxBytes);
  if (usd > NOTABLE_USD) {
    Annotations.of(scope).addWarningV2(
      'cdk-s3-dated-archiver:restoreCosts',
      `every run may restore objects for up to $${Math.ceil(usd).toLocaleString('en-US')} in ` +
        'us-east-1, because selection takes objects of all earlier days: start a dry run to see ' +
        'what the restores cost, then lower maxObjects or maxSize of ' +
        'GlacierSources.restoreFirst(), or acknowledge this warning',
    );
  }
}
