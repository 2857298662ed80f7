/** The uuids by which the ledger may know the owner of a source. */
export abstract class OwnerIds {
  /** All by which it has claimed the source, or has tried to. */
  readonly owners: string[];
  /** That of the last claim that is known to be committed. */
  owner: string;

  /** @param owners the last one is that of the first claim */
  constructor(owners: readonly string[]) {
    this.owners = [...owners];
    this.owner = owners.at(-1)!;
  }

  /** Leaves the uuids of claims that were lost to the next owner: they are not this one's any more. */
  yieldLost(): readonly string[] {
    const lost = this.owners.filter((owner) => owner !== this.owner);
    this.owners.splice(0, Infinity, this.owner);
    return lost;
  }

  /** Takes over the uuids of lost claims of an owner before it. */
  inherit(owners: readonly string[]): void {
    this.owners.unshift(...owners);
  }

  /** See `LedgerSource`. */
  claiming(owner: string): void {
    this.owners.push(owner);
  }

  /** See `LedgerSource`. */
  claimed(owner: string): void {
    this.owner = owner;
  }
}
