/* eslint-disable no-bitwise */
import { randomInt } from 'node:crypto';

/** 32 MB. Beyond it, a set says that it is full, and nothing more is compared. */
const MAX_SLOTS = 2 ** 22;
const MAX_LOAD = 0.75;
const FIRST_SLOTS = 2 ** 12;

/**
 * Remembers which texts it was given, in eight bytes each: two hashes of 32 bits. Two of three
 * million texts are taken for one in one of four million listings. The hashes begin with random
 * numbers, so that no writer of keys can choose two texts that are taken for one.
 */
export class KeySet {
  isFull = false;
  private size = 0;
  private slots = new Uint32Array(2 * FIRST_SLOTS);

  constructor(
    private readonly seeds: readonly [number, number] = [randomInt(2 ** 32), randomInt(2 ** 32)],
  ) {}

  /** Returns whether it is new. A set that is full knows what it got before. */
  add(text: string): boolean {
    const [one, other] = this.hash(text);
    const slot = this.find(one, other);
    if (this.slots[slot] !== 0) {
      return false;
    }
    if (this.size >= MAX_LOAD * MAX_SLOTS) {
      this.isFull = true;
      return true;
    }
    this.slots[slot] = one;
    this.slots[slot + 1] = other;
    this.size += 1;
    if (this.size > (MAX_LOAD * this.slots.length) / 2 && this.slots.length < 2 * MAX_SLOTS) {
      this.grow();
    }
    return true;
  }

  has(text: string): boolean {
    const [one, other] = this.hash(text);
    return this.slots[this.find(one, other)] !== 0;
  }

  private find(one: number, other: number): number {
    const mask = this.slots.length / 2 - 1;
    for (let index = one & mask; ; index = (index + 1) & mask) {
      const slot = 2 * index;
      const isIt = this.slots[slot] === one && this.slots[slot + 1] === other;
      if (isIt || this.slots[slot] === 0) {
        return slot;
      }
    }
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Uint32Array(2 * before.length);
    for (let slot = 0; slot < before.length; slot += 2) {
      if (before[slot] !== 0) {
        const free = this.find(before[slot], before[slot + 1]);
        this.slots[free] = before[slot];
        this.slots[free + 1] = before[slot + 1];
      }
    }
  }

  /** Zero stands for a free slot. */
  private hash(text: string): [number, number] {
    let [one, other] = this.seeds;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      one = Math.imul(one ^ code, 0x01000193);
      other = Math.imul(other ^ code, 0x5bd1e995);
      other ^= other >>> 15;
    }
    return [mix(one) || 1, mix(other)];
  }
}

/** The finalizer of MurmurHash3, so that the lowest bits depend on all others. */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
