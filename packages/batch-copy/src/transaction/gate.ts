/** Holds back the commit of a transaction until its time has come. */
export interface Gate {
  readonly isOpen: boolean;
  /** Whether a transaction may begin before that: it is then held back before its commit. */
  readonly mayBegin: boolean;
  /**
   * Calls back once: with true when it opens, with false if the transaction should give way first.
   *
   * @returns a function that ends the wait
   */
  wait(callback: (isOpen: boolean) => void): () => void;
}
