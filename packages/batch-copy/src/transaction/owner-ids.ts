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

  /** See `LedgerSource`. */
  claiming(owner: string): void {
    this.owners.push(owner);
  }

  /** See `LedgerSource`. */
  claimed(owner: string): void {
    this.owner = owner;
  }
}
