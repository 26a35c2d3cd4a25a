import { Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import { BOOLEAN, SIZE, validateOptions } from './construct/props/kinds';
import { DEFAULT_PACKING } from './contract/defaults';
import { checkPacking, type PackingSettings } from './features/packing/contract/check-packing';

/** Options of `Packing.zip()`. */
export interface PackingOptions {
  /**
   * The size of the largest object that is packed, from 1 KiB to half of `maxPackSize`, in whole
   * bytes. Larger objects are moved one by one: from about 1 MiB on, packing saves nothing but the
   * fee of a request.
   * @default Size.mebibytes(1)
   * @see https://aws.amazon.com/s3/pricing/
   */
  readonly maxObjectSize?: Size;

  /**
   * The size of the largest pack, from 1 MiB to 512 MiB, in whole bytes. The archive-batch function
   * holds a pack in memory as a whole and needs twice its size and 480 MiB: `memorySize` must have
   * room for it, and its default has.
   *
   * To read one object of a pack in GLACIER or DEEP_ARCHIVE, you must restore the whole pack.
   * @default Size.mebibytes(256)
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
   */
  readonly maxPackSize?: Size;

  /**
   * Asks S3 for the tags of each object that is packed, which costs $0.40 a million objects.
   * Without it, one object of each folder is asked, and after a denial each object.
   *
   * Set it if a policy denies `s3:GetObjectTagging` for some objects of a folder: by the tags of
   * the objects themselves (`s3:ExistingObjectTag`), or by a part of their file names. For these
   * objects, S3 does not return the number of tags, and a pack would lose the tags.
   * @default false
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html
   */
  readonly askTags?: boolean;
}

/**
 * Packs small objects into large ones, because S3 charges for each request and, in the cold storage
 * classes, for each object. A million objects of 10 KB cost $5.08 to move, and about $0.50 to pack.
 *
 * @see https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/blob/main/docs/packing.md
 */
export class Packing {
  /**
   * Packs the small objects of a day into zip files, which lie in the folder of the day. Unzip the
   * packs of a run where they lie, and you have the tree that the run would have made in an empty
   * archive, plus one index for each pack.
   *
   * The objects are stored in a pack as they are, and nothing is compressed. A pack has at most
   * 10,000 objects. A source is deleted only after S3 has confirmed the SHA-256 of the pack that
   * holds it. Larger objects, and those that a zip file cannot hold in full, are moved one by one,
   * in the same run.
   *
   * It implies `Listing.selective()`. It cannot be combined with `Listing.distributedMap()`,
   * `SourceDisposition.KEEP`, `ConflictPolicy.RENAME`, or a `layout` with `flatten` or
   * `dropDateFolders`.
   *
   * Throws if a size is not in its range.
   *
   * @param options Default: the defaults of all options.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
   */
  public static zip(options: PackingOptions = {}): Packing {
    validateOptions('Packing.zip()', options, {
      maxObjectSize: SIZE,
      maxPackSize: SIZE,
      askTags: BOOLEAN,
    });
    const maxObjectSize = options.maxObjectSize
      ? toBytes(options.maxObjectSize)
      : DEFAULT_PACKING.maxObjectSize;
    const maxPackSize = options.maxPackSize
      ? toBytes(options.maxPackSize)
      : DEFAULT_PACKING.maxPackSize;
    const known = (bytes: number, other: Size) =>
      Token.isUnresolved(bytes) ? toBytes(other) : bytes;
    checkPacking({
      maxObjectSize: known(maxObjectSize, Size.kibibytes(1)),
      maxPackSize: known(maxPackSize, Size.mebibytes(512)),
    });
    return new Packing(maxObjectSize, maxPackSize, options.askTags ?? false);
  }

  private constructor(
    private readonly maxObjectSize: number,
    private readonly maxPackSize: number,
    private readonly askTags: boolean,
  ) {}

  /**
   * The sizes in bytes.
   * @internal
   */
  public _settings(): PackingSettings {
    const { maxObjectSize, maxPackSize, askTags } = this;
    return { maxObjectSize, maxPackSize, ...(askTags && { askTags }) };
  }
}

function toBytes(size: Size): number {
  return size.toBytes({ rounding: SizeRoundingBehavior.NONE });
}
