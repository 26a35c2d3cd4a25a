import { MAX_DESTINATIONS } from '../../../ledger/destination-winners';
import {
  formatBytes,
  formatCount,
  formatObjects,
  formatSeconds,
  formatUsd,
} from '../../../text/format';
import type { Estimate } from '../estimate';
import type { Report } from '../report';

export function describeEstimate(estimate: Estimate): string[] {
  const { minutes, requests, usd, prices } = estimate;
  return [
    `The real run would cost about ${formatUsd(usd.total)} (list prices for ${prices.region} as ` +
      `of ${prices.asOf}), take ${formatSeconds(minutes * 60)} at best ` +
      `and send ${formatCount(requests.total)} requests to S3.`,
    ...describeCharges(estimate),
  ];
}

export function describeCharges({
  objects,
  storageClasses: { source, destination },
  destinationsNotCompared = 0,
}: Estimate): string[] {
  const { storageClass, minimumDays, minimumBytes, smaller, usdPerMonth, leastUsd } = destination;
  return [
    ...source.flatMap(describeSourceClass),
    ...(objects > 0 && minimumDays > 0
      ? [
          `Storing these objects in ${storageClass} would cost ${formatUsd(usdPerMonth)} per ` +
            `month. At least ${minimumDays} days are billed: ` +
            `${formatUsd(leastUsd)}, even if the objects are deleted at once.`,
        ]
      : []),
    ...(smaller.objects > 0 && minimumBytes > 0
      ? [
          `${formatObjects(smaller.objects)} below ${formatBytes(minimumBytes)} would be billed ` +
            `as ${formatBytes(minimumBytes)} each: ` +
            `${formatBytes(smaller.billedBytes)} instead of ${formatBytes(smaller.bytes)}.`,
        ]
      : []),
    ...(destinationsNotCompared > 0
      ? [
          `The destinations of ${formatObjects(destinationsNotCompared)} were not compared with ` +
            'those of other batches, ' +
            `because a dry run compares at most ${formatCount(MAX_DESTINATIONS)}. Objects with ` +
            'the same name in different folders would conflict in the real run.',
        ]
      : []),
  ];
}

function describeSourceClass({
  storageClass,
  objects,
  bytes,
  retrievalUsd,
  early,
  minimumDays,
}: Estimate['storageClasses']['source'][number]): string[] {
  const [archived, tier] = storageClass.split('/');
  if (tier) {
    return [
      `Restoring ${formatObjects(objects)} (${formatBytes(bytes)}) from ${archived} with tier ` +
        `${tier} would cost ${formatUsd(retrievalUsd)}. ` +
        'Until they expire, the readable copies are billed as STANDARD storage.',
    ];
  }
  return [
    ...(retrievalUsd > 0
      ? [
          `Reading ${formatObjects(objects)} (${formatBytes(bytes)}) from ${storageClass} would ` +
            `cost ${formatUsd(retrievalUsd)} for retrieval.`,
        ]
      : []),
    ...(early.objects > 0
      ? [
          `${formatObjects(early.objects)} (${formatBytes(early.bytes)}) would leave ` +
            `${storageClass} before its minimum of ${minimumDays} days. ` +
            `The remaining days would cost ${formatUsd(early.usd)}.`,
        ]
      : []),
  ];
}

const LEAST_USD = 0.01;

export function describePacking({
  packing,
  run: { dryRun },
}: Pick<Report, 'packing' | 'run'>): string[] {
  if (!packing) {
    return [];
  }
  const { isPacked, packs, objects, bytes, storageClass, usd, movedUsd } = packing;
  const { usdPerMonth, movedUsdPerMonth, usdInFiveYears, movedUsdInFiveYears } = packing;
  const what = `${formatObjects(objects)} (${formatBytes(bytes)})`;
  const packed = `${formatCount(packs)} ${packs === 1 ? 'pack' : 'packs'}`;
  const lead = isPacked
    ? `${what} ${dryRun ? 'would be' : 'were'} packed into ${packed}.`
    : `${what} would fit into ${packed}, if the archiver had packing: Packing.zip().`;
  const requests =
    `${dryRun ? 'Their requests would cost' : 'Their requests cost'} ${formatUsd(usd)}, and ` +
    `${formatUsd(movedUsd)} if each object were moved by itself. ` +
    'Each tag set is one more read, and without bucket keys each object of KMS is one more ' +
    'request to KMS.';
  // Tiny objects cost less than what is worth a figure, and empty ones nothing at all.
  const isTiny = usdInFiveYears < LEAST_USD && movedUsdInFiveYears < LEAST_USD;
  const storage = isTiny
    ? `Storing them in ${storageClass} costs less than a cent in five years, packed or not.`
    : `Storing them in ${storageClass} costs ${formatUsd(usdPerMonth)} per month and ` +
      `${formatUsd(usdInFiveYears)} in five years in packs, ` +
      `and ${formatUsd(movedUsdPerMonth)} per month and ${formatUsd(movedUsdInFiveYears)} in ` +
      'five years as single objects.';
  const pays = !isPacked || usd + usdInFiveYears < movedUsd + movedUsdInFiveYears;
  return [
    `${lead} ${requests}`,
    pays
      ? storage
      : `${storage} Packing does not pay for objects of this size: lower maxObjectSize, or leave ` +
        'packing out.',
  ];
}
