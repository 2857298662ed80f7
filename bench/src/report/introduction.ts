/** How everything is measured: the beginning of the page. */
export const INTRODUCTION = String.raw`# Benchmarks

Written by ${"`npm run bench`"}, not by hand. The figures themselves are in the JSON files beside this page.

- **The same work.** All contenders write the same rows: two hundred different ones, ready in memory as objects of their language, again and again; the limit's rows are ready in files. The time goes from the first row handed over until all are committed; connections are open before, but for those of a copier beyond its first, which it opens when it needs them.
- **A process of its own** for each contender and each round, rounds in turn. rows/s is the median of the rounds, beside it the lowest and the highest. CPU is that of the client, user and system. Peak is the resident size of the whole process.
- **Verified.** After each run the server counts the rows and adds up a hash of the text of each; both have to be as in a table that the server has read from text. Who loses or changes a row has no figure.
- **The limit** is ${"`psql`"}'s ${"`\\copy`"} of ready binary files over 2 connections, which is what all others have too, if their names say nothing else. Where there is no psql, it is a bare socket that streams the same files.
- **Slow ones write fewer rows**, a fixed share of what the fast ones write; the last column says how many.
- The tables are plain ones without indexes, on a durable server, emptied before each run, with a checkpoint after that. Autovacuum is off for them.
- **Not among them**: postgrejs, whose version 2.23.1 has no ${"`copyFromRows`"}, and the Rust original, which needs a Rust toolchain and its crates.
- What the figures mean for the defaults, and what is in the way of more, is in [performance.md](../performance.md).`;
